import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import { ed25519Spki } from "@kith/protocol/keys";
import { makeLoginToken, type LoginTokenDraft } from "@kith/sdk/login-token";
import { accountNameConstant } from "@kith/sdk/types";

import type { Cluster } from "./cluster.ts";
import { kithDone } from "./kith.ts";
import { chainIdOf } from "./node-status.ts";

/** An app that says who asks: as a typed query, and as a page. */
export const diary = accountNameConstant("diary");

const source = `
import { query } from "@kith/sdk/query";
import { packText } from "@kith/sdk/reply";
import { service } from "@kith/sdk/service";
import { account, option } from "@kith/sdk/types";

const whoAsks = query({}, option(account), (context) => context.user);
export const diary = service("diary", {
  tables: [],
  actions: {},
  queries: { whoAsks },
  http: (context, { path }) => {
    if (path !== "/who") return undefined;
    const body = packText(
      '<!doctype html><html lang="en"><title>Diary</title><link rel="icon" href="data:,"><p>' + (context.user ?? "nobody") + "</p>",
    );
    return { status: 200, contentType: "text/html; charset=utf-8", headers: [], body };
  },
});
`;

/** Installs it; the cluster's folder has a key (`makeKey`). */
export async function installDiary(cluster: Cluster): Promise<void> {
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  const folder = join(cluster.folder, "apps", "diary");
  const files = {
    "kith.json": JSON.stringify({ name: "diary", version: "1.0.0" }),
    "service/index.ts": source,
    "front-end/index.html":
      '<!doctype html><html lang="en"><title>Diary</title><link rel="icon" href="data:,"><p>hello</p>',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const out = join(cluster.folder, "packages");
  await kithDone(cluster.folder, node, ["package", folder, "--out", out]);
  await kithDone(cluster.folder, node, ["install", join(out, "diary-1.0.0.psi")]);
  await cluster.settled();
}

/** As a supervisor would make it, with this secret key. */
export async function tokenFor(
  cluster: Cluster,
  secretKey: Uint8Array,
  draft: Pick<LoginTokenDraft, "subject"> & Partial<LoginTokenDraft>,
): Promise<string> {
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  const publicKey = ed25519Spki(ed25519PublicKey(secretKey));
  const sign = (message: Uint8Array): Uint8Array => signEd25519(message, secretKey);
  const chain = await chainIdOf(node);
  const whole = { audience: diary, chain, nowMs: Date.now(), ...draft };
  return (await makeLoginToken(whole, { publicKey, sign })).text;
}
