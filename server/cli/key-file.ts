import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import {
  decodePem,
  encodePem,
  parsePrivateKey,
  parsePublicKey,
  pkcs8Of,
} from "@kith/protocol/keys";
import { err, ok, type Result } from "@kith/protocol/result";
import { publicKeyOf } from "@kith/sdk/transaction";

import type { CliError } from "./cli-error.ts";
import { reasonOf } from "./reason-of.ts";

export type SigningKey = {
  readonly path: string;
  readonly secret: Uint8Array;
  /** As SPKI. */
  readonly publicKey: Uint8Array;
};

/** `KITH_HOME`, or the user's configuration folder. */
export function keysFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment["KITH_HOME"];
  if (home !== undefined && home !== "") return join(home, "keys");
  const configuration = environment["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  return join(configuration, "kith", "keys");
}

export function defaultKeyPath(): string {
  return join(keysFolder(), "default.pem");
}

/** Makes an Ed25519 key that only this user can read. A file that exists is never touched. */
export function createKey(path: string): Result<SigningKey, CliError> {
  const secret = Uint8Array.from(randomBytes(32));
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // "wx" fails when the file exists, however it came there.
    const file = openSync(path, "wx", 0o600);
    writeSync(file, `${encodePem("PRIVATE KEY", pkcs8Of({ kind: "ed25519", secret }))}\n`);
    fsyncSync(file);
    closeSync(file);
  } catch (fault) {
    if (existsSync(path)) return err({ code: "key-exists", path });
    const reason = reasonOf(fault);
    return err({ code: "key-not-written", path, reason });
  }
  return ok({ path, secret, publicKey: publicKeyOf(secret) });
}

export function readKey(path: string): Result<SigningKey, CliError> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return err({ code: "key-missing", path });
  }
  const der = decodePem("PRIVATE KEY", text);
  const key = der.ok ? parsePrivateKey(der.value) : der;
  if (!key.ok || key.value.kind !== "ed25519") return err({ code: "key-malformed", path });
  const { secret } = key.value;
  return ok({ path, secret, publicKey: publicKeyOf(secret) });
}

/** As SPKI. */
export function readPublicKey(path: string): Result<Uint8Array, CliError> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return err({ code: "key-missing", path });
  }
  const der = decodePem("PUBLIC KEY", text);
  if (!der.ok || !parsePublicKey(der.value).ok) return err({ code: "public-key-malformed", path });
  return der;
}

/** The key that was named; else the account's own, where there is one; else the default. */
export function findKey(named: string | undefined, account: string): Result<SigningKey, CliError> {
  const given = named ?? process.env["KITH_KEY"];
  if (given !== undefined && given !== "") return readKey(given);
  const own = join(keysFolder(), `${account}.pem`);
  return readKey(existsSync(own) ? own : defaultKeyPath());
}
