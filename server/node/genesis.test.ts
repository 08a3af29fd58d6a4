import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { openChain } from "@kith/chain/chain";
import { decodeBlock } from "@kith/protocol/blocks";
import { accountNameConstant } from "@kith/protocol/names";
import { prepareTransaction } from "@kith/protocol/transactions";
import { testNode } from "@kith/replica/test-support";
import { openMachine } from "@kith/sandbox/machine";
import { memoryState } from "@kith/store/memory-state";

import { dataFiles } from "./data-folder.ts";
import { findGenesis, makeGenesis } from "./genesis.ts";
import type { NodeArguments } from "./node-arguments.ts";
import { newFolder } from "./test-folder.ts";

const identity = { nodeId: testNode(1), secretKey: new Uint8Array(32) };

const alone: NodeArguments = {
  dataFolder: "unused",
  hostname: "127.0.0.1",
  port: 1,
  rootHost: "kith.localhost",
  join: undefined,
  chainId: undefined,
  peers: [],
  publicUrl: undefined,
  keepBlocks: undefined,
  queryProcesses: undefined,
  queryMs: 2_000,
  trustFolder: false,
  freeNameCharsMin: 8,
  eventsKeep: undefined,
};

// Packaging the system takes a while the first time, which is no part of any test.
const genesis = await makeGenesis({
  algorithm: "cft",
  producers: [{ account: accountNameConstant("node-1"), node: testNode(1) }],
  ownerSecret: new Uint8Array(32).fill(7),
  chainName: "kith.localhost",
  freeNameCharsMin: 8,
});

test("a folder without a network gets one, with this node alone; the next start finds the same", async () => {
  const folder = newFolder();
  const made = await findGenesis(folder, identity, alone);
  assert.ok(made.ok);
  assert.deepEqual(made.value.header.newConsensus, {
    algorithm: "cft",
    producers: [{ account: "node-1", node: identity.nodeId }],
  });
  assert.ok(existsSync(join(folder, dataFiles.ownerKey)));
  const again = await findGenesis(folder, identity, { ...alone, join: "http://nobody.invalid" });
  assert.ok(again.ok);
  assert.equal(again.value.id, made.value.id);
});

test("two networks made alike are two networks: each has an owner of its own", async () => {
  const [first, second] = [newFolder(), newFolder()];
  const made = await findGenesis(first, identity, alone);
  const other = await findGenesis(second, identity, alone);
  assert.ok(made.ok && other.ok);
  assert.notEqual(made.value.id, other.value.id);
});

test("a new network has its services, its owner and a home page", () => {
  const chain = openChain({ state: memoryState(), machine: openMachine() });
  const transactions = genesis.transactions.map((bytes) => {
    const prepared = prepareTransaction(bytes);
    return prepared.ok ? prepared.value : undefined;
  });
  chain.applyBlock(
    genesis,
    transactions,
    transactions.map(() => true),
  );
  for (const name of ["owner", "home", "transact", "accounts", "sites", "producers"]) {
    assert.ok(chain.hasAccount(accountNameConstant(name)), name);
  }
  assert.equal(chain.consensus()?.producers[0]?.node, testNode(1));
  assert.deepEqual(decodeBlock(genesis.bytes), { ok: true, value: genesis });
});

test("a damaged genesis file is named, and left as it is", async () => {
  const folder = newFolder();
  const path = join(folder, dataFiles.genesis);
  writeFileSync(path, "rubbish");
  const found = await findGenesis(folder, identity, alone);
  assert.ok(!found.ok);
  assert.match(found.error, /genesis\.block is damaged \(.+\); copy it from another node/);
  assert.equal(readFileSync(path, "utf8"), "rubbish");
});

test("a folder of another network than the one that is asked for is not used", async () => {
  const folder = newFolder();
  const made = await findGenesis(folder, identity, alone);
  assert.ok(made.ok);
  const same = await findGenesis(folder, identity, { ...alone, chainId: made.value.id });
  assert.ok(same.ok);
  const other = await findGenesis(folder, identity, { ...alone, chainId: "0".repeat(64) });
  assert.ok(!other.ok);
  assert.match(other.error, new RegExp(`belongs to network ${made.value.id}, not to 0000`));
});

test("the id of a network alone makes no network", async () => {
  const folder = newFolder();
  const found = await findGenesis(folder, identity, { ...alone, chainId: "0".repeat(64) });
  assert.ok(!found.ok);
  assert.match(found.error, /add --join URL/);
  assert.ok(!existsSync(join(folder, dataFiles.genesis)));
});

test("a network that cannot be joined leaves no trace of one", async () => {
  const folder = newFolder();
  const found = await findGenesis(folder, identity, { ...alone, join: "http://127.0.0.1:9" });
  assert.ok(!found.ok);
  assert.match(found.error, /^no node answers at http:\/\/127\.0\.0\.1:9/);
  assert.ok(!existsSync(join(folder, dataFiles.genesis)));
  assert.ok(!existsSync(join(folder, dataFiles.ownerKey)));
});
