import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { queryArgumentsBytesMax, queryResultBytesMax } from "@kith/chain/limits";
import { bundleExport } from "@kith/packaging/bundle-service";
import { packText, unpackText } from "@kith/protocol/texts";
import { openMachine } from "@kith/sandbox/machine";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { accountNameConstant } from "@kith/sdk/types";

import { keyOf } from "../network.ts";
import { openQueriedNetwork } from "../queried-network.ts";
import { asked } from "./asked.ts";

const key = keyOf(41);
const lines: string[] = [];
const machine = openMachine(undefined, {
  onLog: (service, line) => lines.push(`${service}: ${line}`),
});
const { network, queries } = openQueriedNetwork({ machine });

const code = await bundleExport(join(import.meta.dirname, "asked.ts"), "asked");
assert.ok(code.ok, JSON.stringify(code));
const install = { vm: javaScript, code: code.value };
done(
  packAction(asked.name, accountsInterface, "create", { name: asked.name, key: publicKeyOf(key) }),
);
done(packAction(asked.name, setcodeInterface, "setCode", install));
const alice = accountNameConstant("alice");
for (const [id, amount] of [2n ** 63n, 5n, 7n].entries()) {
  done(packAction(asked.name, asked, "put", { id, owner: alice, amount: amount / 2n }));
}

function done(action: ReturnType<typeof packAction>): void {
  const result = network.block([network.transaction([action], key)]);
  assert.equal(result.receipts[0]?.failure, undefined);
  queries.onExecuted(result);
}

async function bytesIn(text: string): Promise<unknown> {
  return ask("/query/bytesIn", { method: "POST", body: JSON.stringify({ text }) });
}

type Asking = { readonly method?: string; readonly body?: string };

/** Status and JSON. */
async function ask(target: string, { method = "GET", body = "" }: Asking = {}): Promise<unknown> {
  const [path = "", query = ""] = target.split("?", 2);
  const rootHost = "kith.localhost";
  const host = `asked.${rootHost}`;
  const request = { method, host, rootHost, path, query, headers: [], body: packText(body) };
  const reply = await queries.query(asked.name, request);
  assert.ok(reply.ok, JSON.stringify(reply));
  if (reply.value === undefined) return undefined;
  const json: unknown = JSON.parse(unpackText(reply.value.body) ?? "");
  return reply.value.status === 200 ? json : [reply.value.status, json];
}

async function codeOf(target: string, asking: Asking = {}): Promise<unknown> {
  const answered = await ask(target, asking);
  assert.ok(Array.isArray(answered), JSON.stringify(answered));
  const [status, { code: reason }] = answered as [number, { readonly code: string }];
  return `${status} ${reason}`;
}

test("a query takes its arguments one by one, as JSON in the address, or as a body", async () => {
  const row = { id: 0, owner: "alice", amount: String(2n ** 62n) };
  assert.deepEqual(await ask("/query/thingOf?id=0"), row);
  assert.deepEqual(await ask("/query/thingOf?args=%7B%22id%22%3A0%7D"), row);
  assert.deepEqual(await ask("/query/thingOf", { method: "POST", body: '{"id":0}' }), row);
  assert.equal(await ask("/query/thingOf?id=9"), null);
  // Names of one number are one name, as those of actions are.
  assert.deepEqual(await ask("/query/thingof?id=0"), row);
});

test("values of all types arrive as they were sent", async () => {
  const given = {
    text: "1 & ü",
    flag: true,
    numbers: [1, 4294967295],
    big: "-9223372036854775808",
    data: "00FF",
  };
  assert.deepEqual(
    await ask("/query/echo", { method: "POST", body: JSON.stringify(given) }),
    given,
  );
  const one = "text=1+%26+%C3%BC&flag=true&numbers=[1,4294967295]";
  assert.deepEqual(await ask(`/query/echo?${one}&big=-9223372036854775808&data=00ff`), given);
  assert.equal(await ask("/query/args?args=%7B%7D"), "{}");
});

test("text that is not whole bytes of hex is refused in the sandbox as it is elsewhere", async () => {
  for (const text of ["0", "0g", "g0", "00 ", "0x00", "00\0", "00\0\0", "\0\0", "é0", "０0"]) {
    assert.equal(await bytesIn(text), null, JSON.stringify(text));
  }
  for (const text of ["", "00", "aF09", "01".repeat(1_000)]) {
    assert.equal(await bytesIn(text), text.toUpperCase());
  }
});

test("a query may use SQL over its service's tables, also after a block that is in no file yet", async () => {
  assert.equal(await ask("/query/total?owner=alice&least=3"), String(2n ** 62n + 3n));
  done(packAction(asked.name, asked, "put", { id: 7, owner: alice, amount: 100n }));
  assert.equal(await ask("/query/total?owner=alice&least=3"), String(2n ** 62n + 103n));
  assert.equal(await ask("/query/total?owner=alice"), String(2n ** 62n + 105n));
});

test("whatever is wrong with a question has its own code, before the service runs", async () => {
  assert.equal(await codeOf("/query/nothing"), "404 query-unknown");
  assert.equal(await codeOf("/query/"), "404 query-unknown");
  assert.equal(await codeOf("/query/put?id=1"), "404 query-unknown");
  assert.equal(await codeOf("/query/height", { method: "PUT" }), "405 method-not-allowed");
  for (const query of ["", "id=x", "id=-1", "id=4294967296", "id=1&x=2", "id=1&id=2", "id=%ff"]) {
    assert.equal(await codeOf(`/query/thingOf?${query}`), "400 arguments-malformed", query);
  }
  for (const json of [
    "{}",
    "[]",
    "1",
    "{",
    '{"id":"1","more":2}',
    '{"id":null}',
    "[".repeat(999),
  ]) {
    const body = { method: "POST", body: json };
    assert.equal(await codeOf("/query/thingOf", body), "400 arguments-malformed", json);
    const encoded = encodeURIComponent(json);
    assert.equal(await codeOf(`/query/thingOf?args=${encoded}`), "400 arguments-malformed", json);
  }
  const long = { method: "POST", body: " ".repeat(queryArgumentsBytesMax + 1) };
  assert.equal(await codeOf("/query/thingOf", long), "413 arguments-too-long");
});

test("what goes wrong in the service is told apart from what it says itself", async () => {
  assert.deepEqual(await ask("/query/refuse"), [422, { code: "no-entry", message: "not for you" }]);
  assert.equal(await codeOf("/query/fail"), "500 service-failed");
  assert.equal(await codeOf("/query/loop"), "422 out-of-fuel");
  assert.equal(await codeOf(`/query/long?sizeBytes=${queryResultBytesMax}`), "500 result-too-long");
  assert.equal(await codeOf("/query/sqlOfNothing"), "422 sql-malformed");
});

test("other paths are the service's own, and answers are kept until a block changes them", async () => {
  assert.equal(await ask("/other"), "other");
  assert.equal(await ask("/query"), undefined);
  await ask("/query/thingOf?id=2");
  const before = queries.metrics().cached;
  await ask("/query/thingOf?id=2");
  assert.equal(queries.metrics().cached, before + 1);
  const height = await ask("/query/height");
  done(packAction(asked.name, asked, "put", { id: 8, owner: alice, amount: 1n }));
  assert.equal(await ask("/query/height"), Number(height) + 1);
});

test("lines of a service's console come out of the machine with its name", async () => {
  assert.equal(await ask("/query/logged?text=hello"), 1);
  assert.deepEqual(lines, ['asked: hello {"n":"1"}']);
});
