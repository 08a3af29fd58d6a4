import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ed25519PublicKey } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import { nodeIdOf, type NodeId } from "@kith/protocol/ids";
import { decodePem, encodePem, parsePrivateKey, pkcs8Of } from "@kith/protocol/keys";
import { err, ok, type Result } from "@kith/protocol/result";
import { writeWhole } from "@kith/store/write-whole";

/** The files of one node beside its databases. */
export const dataFiles = {
  nodeKey: "node.pem",
  /** Only on the node that made the network: the key of the account that owns the system accounts. */
  ownerKey: "owner.pem",
  genesis: "genesis.block",
  peers: "peers.json",
  adminSecret: "admin.secret",
  evidence: "evidence",
  /** Whether this node knows all that it ever said as a producer. */
  memory: "memory",
} as const;

export type Identity = {
  readonly nodeId: NodeId;
  readonly secretKey: Uint8Array;
};

/** Whether the node was started in this folder before, or its key was put there. */
export function hasIdentity(folder: string): boolean {
  return existsSync(join(folder, dataFiles.nodeKey));
}

/** The node's own key: made at the first start, readable by nobody else. */
export function openIdentity(folder: string): Result<Identity, string> {
  const secretKey = openSecretKey(join(folder, dataFiles.nodeKey));
  if (!secretKey.ok) return secretKey;
  const nodeId = nodeIdOf(toHex(ed25519PublicKey(secretKey.value)));
  return ok({ nodeId, secretKey: secretKey.value });
}

/** Reads the Ed25519 key of a PEM file, or makes one there. The error is for people. */
export function openSecretKey(path: string): Result<Uint8Array, string> {
  if (!existsSync(path)) {
    const secret = Uint8Array.from(randomBytes(32));
    writeWhole(path, encodePem("PRIVATE KEY", pkcs8Of({ kind: "ed25519", secret })), 0o600);
    return ok(secret);
  }
  const der = decodePem("PRIVATE KEY", readFileSync(path, "utf8"));
  const key = der.ok ? parsePrivateKey(der.value) : der;
  if (key.ok && key.value.kind === "ed25519") return ok(key.value.secret);
  return err(
    `${path} is not an Ed25519 key in PKCS#8 PEM form. Put that file back from a copy of it; if there is none, the ` +
      "node can only come back as a new one: move the whole data folder aside and start with an empty one",
  );
}

/** A random secret that opens the admin routes from other machines. */
export function openAdminSecret(folder: string): string {
  const path = join(folder, dataFiles.adminSecret);
  if (!existsSync(path)) writeWhole(path, `${randomBytes(32).toString("hex")}\n`, 0o600);
  return readFileSync(path, "utf8").trim();
}
