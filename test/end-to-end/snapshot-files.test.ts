import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { dataFiles } from "@kith/node/data-folder";
import { concatBytes, sha256 } from "@kith/protocol/hashes";
import { decodeManifest, encodeManifest } from "@kith/protocol/snapshot-manifest";
import type { SignedVote } from "@kith/protocol/vote";

import { Cluster, type ClusterNode } from "./cluster.ts";
import { rootHost } from "./http-client.ts";
import { killWhen } from "./kill-when.ts";
import { kith, kithDone, makeKey } from "./kith.ts";
import { chainIdOf } from "./node-status.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

let cluster: Cluster;
let node: ClusterNode;
let chain: string;
const path = (name: string): string => join(cluster.folder, name);

before(async () => {
  cluster = await Cluster.start(1);
  [node] = cluster.nodes as readonly [ClusterNode];
  await makeKey(cluster);
  chain = await chainIdOf(node);
});
after(() => cluster.close());

type Refusal = { readonly status: number; readonly code: unknown };

/** What a command refuses with, as programs hear it. */
async function refusal(words: readonly string[]): Promise<Refusal> {
  const child = kith(cluster.folder, node, [...words, "--json"]);
  const status = await child.ended();
  const { error } = JSON.parse(child.output) as { readonly error?: { readonly code: unknown } };
  return { status, code: error?.code };
}

/** The rest of the file as it was, with another manifest that fits it. */
function withManifest(bytes: Uint8Array, change: (manifest: Uint8Array) => Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endAt = bytes.length - 48;
  const manifestAt = endAt - view.getUint32(endAt + 4);
  const manifest = change(bytes.slice(manifestAt, endAt));
  const sizes = bytes.slice(endAt, endAt + 8);
  new DataView(sizes.buffer).setUint32(4, manifest.length);
  const magic = bytes.slice(-8);
  return concatBytes(bytes.slice(0, manifestAt), manifest, sizes, sha256(manifest), magic);
}

function forged(packed: Uint8Array): Uint8Array {
  const manifest = decodeManifest(packed);
  assert.ok(manifest.ok && manifest.value.proof !== undefined);
  const { proof } = manifest.value;
  const { certificate } = proof.newest;
  const votes = certificate.votes.map((vote): SignedVote => {
    const signature = vote.signature.slice();
    signature[7] = (signature[7] ?? 0) ^ 1;
    return { ...vote, signature };
  });
  const newest = { ...proof.newest, certificate: { ...certificate, votes } };
  return encodeManifest({ ...manifest.value, proof: { ...proof, newest } });
}

test("a snapshot is made under load, checked by anybody, and a new node starts from it; damaged ones are refused", async () => {
  const writer = new Writer("load", [node]);
  writer.start();
  await moreOf(writer, 30);
  const file = path("state.snapshot");
  const beforeCount = writer.acknowledged.length;
  await kithDone(cluster.folder, node, ["snapshot", "create", file]);
  assert.ok(writer.acknowledged.length > beforeCount, "blocks go on meanwhile");

  const verified = await kithDone(cluster.folder, node, [
    "snapshot",
    "verify",
    file,
    "--chain",
    chain,
  ]);
  assert.match(verified, /It is whole, and signed/);
  await checkRefusals(file);

  const data = path("loaded");
  await killWhileLoading(file, data);
  await kithDone(cluster.folder, node, ["snapshot", "load", file, data, "--chain", chain]);
  const again = await refusal(["snapshot", "load", file, data, "--chain", chain]);
  assert.deepEqual(again, { status: 1, code: "folder-not-fresh" });

  const loaded = cluster.addNode("loaded", {
    join: `http://${rootHost}:${node.port}`,
    "public-url": `ws://127.0.0.1:${node.port + 1}/p2p`,
  });
  assert.equal(loaded.folder, data);
  loaded.start();
  await loaded.ready();
  await writer.stop();
  await cluster.settled([node, loaded]);
  const behind = new Writer("more", [loaded]);
  behind.start();
  await moreOf(behind, 4);
  await behind.stop();
  await cluster.settled([node, loaded]);
  await checkAll(behind, [loaded]);
  // It shows to those who believe no node what it has never executed itself.
  await kithDone(cluster.folder, loaded, ["verify", "header", "--chain", chain]);
});

async function checkRefusals(file: string): Promise<void> {
  const whole = new Uint8Array(readFileSync(file));
  const flipped = whole.slice();
  flipped[2_000] = (flipped[2_000] ?? 0) ^ 4;
  const other = "00000001".padEnd(64, "0");
  const cases: readonly (readonly [string, Uint8Array, string, string])[] = [
    ["cut", whole.slice(0, -1_000), chain, "snapshot-file-truncated"],
    ["flipped", flipped, chain, "snapshot-chunk-wrong"],
    [
      "ends",
      new Uint8Array(whole).fill(0, whole.length - 30, whole.length - 20),
      chain,
      "snapshot-file-damaged",
    ],
    ["forged", withManifest(whole, forged), chain, "certificate-vote-forged"],
    ["whole", whole, other, "snapshot-of-other-chain"],
    ["letter", new TextEncoder().encode("a letter to a friend"), chain, "snapshot-file-foreign"],
  ];
  for (const [name, bytes, believed, code] of cases) {
    const damaged = path(name);
    writeFileSync(damaged, bytes);
    for (const words of [
      ["verify", damaged],
      ["load", damaged, path("never")],
    ]) {
      const refused = await refusal(["snapshot", ...words, "--chain", believed]);
      assert.deepEqual(refused, { status: 4, code }, `${words[0]} ${name}`);
    }
    assert.ok(!existsSync(path("never/log.db")));
    rmSync(damaged);
  }
}

/** A load that was killed is done again, wherever it was. */
async function killWhileLoading(file: string, data: string): Promise<void> {
  const signs = ["log.db", "", "staged", "staged/state.db", dataFiles.genesis];
  let kills = 0;
  for (const name of signs) {
    const child = kith(cluster.folder, node, ["snapshot", "load", file, data, "--chain", chain]);
    const wrote = (): boolean => existsSync(join(data, name));
    if (await killWhen(child, `wrote ${name}`, wrote)) kills++;
    // It got as far as to have a node's folder: whoever wants another begins anew.
    if (existsSync(join(data, "log.db"))) rmSync(data, { recursive: true });
  }
  assert.ok(kills > 0, "it was quicker each time");
}
