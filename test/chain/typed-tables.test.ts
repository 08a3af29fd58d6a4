import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { openChain } from "@kith/chain/chain";
import { accountNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine } from "@kith/sandbox/machine";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { openState, type OpenedState } from "@kith/store/state";
import { openStateFollower } from "@kith/store/state-follower";
import { openStateReader } from "@kith/store/state-reader";

import { keyOf, owner, ownerKey, systemModules, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

const services = [notes.module, notesPeer.module];
const shop = accountNameConstant("shop");
const shopKey = keyOf(7);
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kith-tables-"));
  folders.push(folder);
  return folder;
}

function opened(folder: string): OpenedState {
  const state = openState({ folder, onBroken: (broken) => assert.fail(broken) });
  assert.ok(state.ok, JSON.stringify(state));
  return state.value;
}

function add(number: number, topic: string, text = `note ${number}`): Action {
  return packAction(owner, notes, "add", { number, topic, text });
}

/** What SQL sees of a service's tables in a folder. */
function ask(folder: string, statement: string, service = notes.name): unknown {
  const reader = openStateReader(folder);
  try {
    const found = reader.read((rows) => rows.sql(service, statement, "[]"));
    return found.ok ? JSON.parse(found.value) : found.error.code;
  } finally {
    reader.close();
  }
}

function ofTopic(network: TestNetwork, topic: string): unknown {
  const receipt = network.run([packAction(owner, notes, "ofTopic", { topic })]);
  assert.equal(receipt.failure, undefined);
  return notes.actions.ofTopic.result.unpack(receipt.results[0] ?? new Uint8Array());
}

const actions = [
  ...Array.from({ length: 40 }, (_, number) =>
    add(number, ["b", "a\0", "a", "ä"][number % 4] ?? ""),
  ),
  packAction(owner, notes, "remove", { number: 7 }),
  add(8, "a", "again, of another topic"),
];

test("services are the same over real tables as over memory, and SQL sees their rows", async () => {
  const folder = newFolder();
  const state = opened(folder);
  const [file, memory] = [new TestNetwork({ services, state }), new TestNetwork({ services })];
  const follower = openStateFollower(folder);
  await state.write();
  for (const [at, action] of actions.entries()) {
    const { applied, changes } = file.block([file.transaction([action], ownerKey)]);
    assert.equal(memory.run([action]).failure, undefined);
    follower.add({ first: applied.num, applied, changes: changes() });
    if (at % 9 === 0) await state.write();
    assert.deepEqual(applied, memory.chain.applied());
    follower.read((rows) => {
      for (const space of [0, 1]) {
        const range = { service: notes.name, space, reverse: at % 2 === 0, limit: 1000 };
        assert.deepEqual(rows.rangeRows(range), memory.state.rangeRows(range));
      }
    });
  }
  follower.close();
  for (const topic of ["a", "a\0", "b", "ä"]) {
    assert.deepEqual(ofTopic(file, topic), ofTopic(memory, topic));
    await state.write();
    assert.deepEqual(ofTopic(file, topic), ofTopic(memory, topic));
  }
  await state.write();
  const counted = "SELECT topic, count(*) AS notes FROM notes WHERE owner = 'owner' GROUP BY topic";
  assert.deepEqual(ask(folder, counted), [
    { topic: "a", notes: 11 },
    { topic: "a\0", notes: 10 },
    { topic: "b", notes: 9 },
    { topic: "ä", notes: 9 },
  ]);
  assert.deepEqual(ask(folder, "SELECT text FROM notes WHERE owner = 'owner' AND number = 8"), [
    { text: "again, of another topic" },
  ]);
  assert.equal(ask(folder, "SELECT * FROM applied"), "sql-not-allowed");
  await state.close();
});

test("a snapshot brings rows, and a node makes tables and indexes of them by itself", async () => {
  const network = new TestNetwork({ services });
  for (const action of actions) network.run([action]);
  const snapshot = network.chain.exportSnapshot();
  assert.ok(snapshot !== undefined);
  const folder = newFolder();
  const state = opened(folder);
  const machine = openMachine(inProcessMachine([...systemModules, ...services]));
  const follower = openChain({ state, machine });
  const before = ask(folder, "SELECT * FROM notes");
  assert.equal(before, "sql-malformed", "there are no tables yet");
  const installed = follower.installSnapshot(snapshot.applied, snapshot.chunks);
  assert.deepEqual(installed.ok && installed.value, network.chain.applied());
  assert.deepEqual(state.listSpaces(), network.state.listSpaces());
  for (const { service, space } of state.listSpaces()) {
    for (const reverse of [false, true]) {
      const range = { service, space, reverse, limit: 1000 };
      assert.deepEqual(
        state.rangeRows(range),
        network.state.rangeRows(range),
        `${service}/${space}`,
      );
    }
  }
  assert.deepEqual(ask(folder, "SELECT count(*) AS notes FROM notes"), [{ notes: 39 }]);
  const wrong = {
    ...snapshot.applied,
    stateRoot: "ab".repeat(32) as typeof snapshot.applied.stateRoot,
  };
  assert.ok(!follower.installSnapshot(wrong, snapshot.chunks).ok);
  assert.deepEqual(ask(folder, "SELECT count(*) AS notes FROM notes"), [{ notes: 39 }]);
  await state.close();
  const reopened = opened(folder);
  const again = openChain({ state: reopened, machine });
  assert.deepEqual(again.applied(), network.chain.applied());
  await reopened.close();
});

test("a state whose columns are of another making gets them when the chain opens it", async () => {
  const folder = newFolder();
  const state = opened(folder);
  const network = new TestNetwork({ services, state });
  for (const action of actions) network.run([action]);
  const before = ofTopic(network, "a");
  const newest = network.chain.applied();
  assert.ok(newest !== undefined);
  state.begin();
  state.declareTables(notes.name, { revision: "older", tables: [] });
  state.commit(newest);
  await state.write();
  assert.equal(ask(folder, "SELECT * FROM notes"), "sql-malformed");
  const machine = openMachine(inProcessMachine([...systemModules, ...services]));
  assert.deepEqual(openChain({ state, machine }).applied(), newest);
  await state.write();
  assert.deepEqual(ask(folder, "SELECT count(*) AS notes FROM notes"), [{ notes: 39 }]);
  assert.deepEqual(ofTopic(network, "a"), before);
  await state.close();
});

type Index = readonly string[];

/** Code with one table, as an author's next version would have it. */
function codeWith(
  fields: Readonly<Record<string, unknown>>,
  indexes: readonly Index[],
): Uint8Array {
  const types = { things: { Object: fields } };
  const schema = { service: shop, types, actions: {}, history: {}, merkle: {} };
  const tables = [{ name: "things", rowType: "things", indexes }];
  const definition = { name: shop, tables, events: [], schema: JSON.stringify(schema) };
  const text = JSON.stringify(JSON.stringify(definition));
  return packText(`globalThis.kithGuest = { definition: ${text}, run() {} };`);
}

test("tables come and grow with the code that declares them, and stay when it is removed", async () => {
  const folder = newFolder();
  const state = opened(folder);
  const network = new TestNetwork({ state });
  const create = { name: shop, key: publicKeyOf(shopKey) };
  assert.equal(
    network.run([packAction(owner, accountsInterface, "create", create)], ownerKey).failure,
    undefined,
  );
  const install = async (code: Uint8Array | undefined): Promise<void> => {
    const action =
      code === undefined
        ? packAction(shop, setcodeInterface, "removeCode", {})
        : packAction(shop, setcodeInterface, "setCode", { vm: javaScript, code });
    assert.equal(network.run([action], shopKey).failure, undefined);
    await state.write();
  };
  const columns = (): unknown => ask(folder, "SELECT * FROM things LEFT JOIN (SELECT 1)", shop);
  const u32 = { Int: { bits: 32, isSigned: false } };
  const text = { Custom: { type: { List: { Int: { bits: 8, isSigned: false } } }, id: "string" } };
  assert.equal(columns(), "sql-malformed");
  await install(codeWith({ id: u32, name: text }, [["id"]]));
  assert.deepEqual(columns(), []);
  const first = state.declaredRevision(shop);
  await install(codeWith({ id: u32, name: text, price: { Option: u32 } }, [["id"], ["name"]]));
  assert.notEqual(state.declaredRevision(shop), first);
  assert.deepEqual(ask(folder, "SELECT id, name, price FROM things ORDER BY name", shop), []);
  await install(undefined);
  assert.deepEqual(columns(), []);
  await state.close();
});
