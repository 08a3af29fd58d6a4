import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, transactionIdOf } from "@kith/protocol/ids";
import type { Result } from "@kith/protocol/result";
import { TestChain, testConsensus } from "@kith/protocol/test-chain";

import { LightClient, type LightClientError } from "./light-client.ts";
import type { LightAnswer } from "./light/ask-node.ts";
import {
  alice,
  answerOf,
  balances,
  bob,
  credit,
  credited,
  debited,
  FakeLightNode,
  first,
  openChain,
  row,
  second,
  service,
  tableNumber,
  transactionId,
} from "./light/fake-light-node.ts";
import { keyJsonOf } from "./light/key-json.ts";
import { lightAnswerBytesMax, lightPagesMax } from "./light/limits.ts";

const question = { service, table: balances, tableNumber, key: { owner: alice } };
const eventQuestion = { service, event: credited, transactionId };

function clientOf(
  node: FakeLightNode,
  trusted: ConstructorParameters<typeof LightClient>[0]["trusted"] = node.chain.id,
): LightClient {
  return new LightClient({ root: "http://node.test", port: node.port, trusted });
}

function codeOf(result: Result<unknown, LightClientError>): string {
  return result.ok ? "proved" : result.error.code;
}

function valueOf<T>(result: Result<T, LightClientError>): T {
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.error));
  return result.value;
}

test("rows, that there is none, events and headers are proved from the genesis id on, over every change", async () => {
  for (const algorithm of ["cft", "bft"] as const) {
    const node = new FakeLightNode(openChain(algorithm));
    const light = clientOf(node);
    const proved = valueOf(await light.row(question));
    assert.deepEqual(proved.value, row);
    assert.equal(proved.by.header.blockNum, 15);
    assert.equal(valueOf(await light.row({ ...question, key: { owner: bob } })).value, undefined);
    assert.deepEqual(valueOf(await light.event(eventQuestion)).value.value, credit);
    assert.equal(valueOf(await light.newest()).id, node.chain.placeAt(15).id);
    assert.deepEqual(light.checkpoint?.point, node.chain.point(15));
    for (const num of [15, 11, 7, 6, 1]) {
      assert.equal(valueOf(await light.header(num)).id, node.chain.placeAt(num).id);
    }
    // The changes were asked for once, behind the genesis block's header.
    assert.equal(node.count("/common/light/changes"), 2);
  }
});

test("a header between changes is proved without those behind it", async () => {
  const node = new FakeLightNode();
  for (const num of [2, 5, 6, 7, 10, 11, 12]) {
    const light = clientOf(node);
    assert.equal(valueOf(await light.header(num)).id, node.chain.placeAt(num).id);
    assert.equal(light.checkpoint?.block.num, num);
  }
});

test("what was proved is kept, and goes on from there", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  valueOf(await light.header(9));
  const kept = light.packedCheckpoint;
  assert.ok(kept !== undefined && kept.length < 600);
  node.requests.length = 0;
  const later = clientOf(node, kept);
  assert.deepEqual(valueOf(await later.row(question)).value, row);
  assert.deepEqual(
    node.requests.filter((path) => path.includes("/light/")),
    ["/common/light/changes?after=9"],
  );
  const broken = clientOf(node, kept.subarray(1));
  assert.equal(codeOf(await broken.row(question)), "checkpoint-malformed");
});

test("the new producers' own word for blocks of the change is believed behind the change", async () => {
  const node = new FakeLightNode();
  const { chain } = node;
  const own = node.certificate(7, { voters: second, epoch: 6, term: 2 });
  node.alter = (answer, path) =>
    path.endsWith("num=7") ? { ...answer, certificate: own } : answer;
  const light = clientOf(node);
  assert.equal(valueOf(await light.header(7)).id, chain.placeAt(7).id);
});

test("on a network that is new only the genesis block is final, and needs no signature", async () => {
  const node = new FakeLightNode();
  node.newest = 1;
  const light = clientOf(node);
  assert.equal(valueOf(await light.newest()).id, node.chain.id);
  node.newest = 15;
  valueOf(await light.newest());
  node.newest = 1;
  assert.equal(codeOf(await light.newest()), "light-header-stale");
});

test("a block whose certificate is too far away is proved by the way back from the newest", async () => {
  const node = new FakeLightNode();
  node.instead = (path) =>
    path.endsWith("?num=12")
      ? Promise.resolve(answerOf({ code: "block-not-certified", message: "too far" }, 503))
      : undefined;
  assert.equal(valueOf(await clientOf(node).header(12)).id, node.chain.placeAt(12).id);
  node.newest = 11;
  assert.equal(codeOf(await clientOf(node).header(12)), "light-header-wrong");
});

test("whoever reads twice does not read backwards", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  valueOf(await light.newest());
  for (const newest of [14, 9, 1]) {
    node.newest = newest;
    for (const result of [
      await light.row(question),
      await light.event(eventQuestion),
      await light.newest(),
    ]) {
      assert.equal(codeOf(result), "light-header-stale");
    }
  }
  // A kept checkpoint counts as well, before anything is asked.
  node.newest = 14;
  assert.equal(
    codeOf(await clientOf(node, light.packedCheckpoint).row(question)),
    "light-header-stale",
  );
  assert.equal(codeOf(await light.header(3)), "light-header-stale");
  node.newest = 15;
  assert.deepEqual(valueOf(await light.row(question)).value, row);
});

test("many questions at once are all answered, and each change is checked once", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  const rows = await Promise.all(Array.from({ length: 20 }, () => light.row(question)));
  for (const each of rows) assert.deepEqual(valueOf(each).value, row);
  assert.equal(node.count("/common/light/changes"), 2);
  const nums = Array.from({ length: 15 }, (_, at) => 15 - at);
  const headers = await Promise.all(nums.map((num) => light.header(num)));
  assert.deepEqual(
    headers.map((each) => valueOf(each).header.blockNum),
    nums,
  );
});

test("an answer that is overtaken by a later one counts: it was newest when it was asked for", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  valueOf(await light.header(9));
  const late = Promise.withResolvers<LightAnswer>();
  node.instead = () => late.promise;
  const waiting = light.newest();
  await new Promise((done) => setImmediate(done));
  node.instead = () => undefined;
  assert.equal(valueOf(await light.newest()).header.blockNum, 15);
  late.resolve(answerOf(node.shown(12)));
  assert.equal(valueOf(await waiting).header.blockNum, 12);
  assert.equal(light.checkpoint?.block.num, 15);
});

test("an overtaken answer with another header than the chain has is refused", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  valueOf(await light.header(9));
  const late = Promise.withResolvers<LightAnswer>();
  node.instead = () => late.promise;
  const waiting = light.newest();
  await new Promise((done) => setImmediate(done));
  node.instead = () => undefined;
  valueOf(await light.newest());
  late.resolve(answerOf(new FakeLightNode(openChain("cft")).shown(12)));
  assert.equal(codeOf(await waiting), "light-ancestor-wrong");
});

test("a question that fails does not hold up the next", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  node.instead = () => Promise.reject(new Error("cut"));
  assert.equal(codeOf(await light.row(question)), "unreachable");
  node.instead = () => {
    throw new TypeError("no such host");
  };
  assert.equal(codeOf(await light.newest()), "unreachable");
  node.instead = () => undefined;
  assert.deepEqual(valueOf(await light.row(question)).value, row);
});

test("a node that refuses is quoted, and no header is none", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  valueOf(await light.newest());
  node.instead = () =>
    Promise.resolve(answerOf({ code: "table-unknown", message: "there is no such table" }, 404));
  const refused = await light.row(question);
  assert.deepEqual(refused, {
    ok: false,
    error: {
      code: "refused",
      status: 404,
      reason: "table-unknown",
      message: "there is no such table",
    },
  });
  node.instead = () => undefined;
  node.alter = (answer) => ({ ...answer, header: null });
  assert.equal(codeOf(await light.row(question)), "header-missing");
  for (const num of [0, -1, 1.5, Number.NaN, 2 ** 32]) {
    assert.equal(codeOf(await light.header(num)), "light-num-invalid");
  }
});

test("a network is believed under its own id only", async () => {
  const node = new FakeLightNode();
  assert.equal(
    codeOf(await clientOf(node, blockIdOf("00".repeat(32))).row(question)),
    "light-genesis-wrong",
  );
});

test("an event of another transaction, service or name is refused", async () => {
  const node = new FakeLightNode();
  const light = clientOf(node);
  const others = [
    { ...eventQuestion, transactionId: transactionIdOf("cd".repeat(32)) },
    { ...eventQuestion, service: bob },
    { ...eventQuestion, event: debited },
  ];
  for (const other of others) assert.equal(codeOf(await light.event(other)), "other-event");
  assert.equal(codeOf(await light.event(eventQuestion, 1)), "other-event");
  assert.equal(valueOf(await light.event({ ...eventQuestion, event: debited }, 1)).value.id, 2);
});

test("a row elsewhere is no row here", async () => {
  const light = clientOf(new FakeLightNode());
  assert.equal(codeOf(await light.row({ ...question, tableNumber: 1 })), "not-proved");
  assert.equal(codeOf(await light.row({ ...question, service: bob })), "not-proved");
});

test("an answer beyond every size is read no further", async () => {
  const node = new FakeLightNode();
  let given = 0;
  let cancelled = false;
  const value = new Uint8Array(64 * 1024).fill(32);
  const read = () => {
    given += value.length;
    return Promise.resolve({ done: false, value });
  };
  const cancel = () => {
    cancelled = true;
    return Promise.reject(new Error("gone"));
  };
  node.instead = () =>
    Promise.resolve({ status: 200, body: { getReader: () => ({ read, cancel }) } });
  assert.equal(codeOf(await clientOf(node).row(question)), "answer-too-large");
  assert.ok(cancelled && given <= lightAnswerBytesMax + value.length);
  node.instead = () => Promise.resolve({ status: 200, body: null });
  assert.equal(codeOf(await clientOf(node).row(question)), "answer-not-json");
});

/** A network of one producer, and many blocks. */
function longChain(): FakeLightNode {
  const [only] = first;
  assert.ok(only !== undefined);
  const chain = new TestChain(testConsensus("cft", [only]));
  while (chain.headers.length < lightPagesMax + 20) chain.append();
  return new FakeLightNode(chain);
}

test("pages of headers without end come to an end", async () => {
  const node = longChain();
  node.headersPerPage = 1;
  const light = clientOf(node);
  valueOf(await light.newest());
  assert.equal(codeOf(await light.header(2)), "light-pages-too-many");
  assert.equal(node.count("/common/light/headers"), lightPagesMax);
  node.headersPerPage = 128;
  assert.equal(valueOf(await light.header(2)).id, node.chain.placeAt(2).id);
  node.oldest = 500;
  assert.equal(codeOf(await light.header(2)), "light-header-gone");
});

test("pages of changes without end come to an end", async () => {
  const node = longChain();
  const newest = node.chain.append({ newConsensus: testConsensus("cft", first) });
  node.chain.append();
  node.newest = newest.blockNum + 1;
  // Each page goes on by one block, which is true and no change.
  node.alter = (answer, path) => {
    if (!path.includes("changes?after=")) return answer;
    const after = Number(path.split("=")[1]);
    return { ...answer, changes: [node.shown(after + 1)], next: after + 1 };
  };
  assert.equal(codeOf(await clientOf(node).newest()), "light-pages-too-many");
  assert.ok(node.count("/common/light/changes") <= lightPagesMax + 1);
});

test("keys are asked for as nodes read them", () => {
  const key = { id: 2n ** 64n - 1n, name: "a", hash: Uint8Array.of(1, 255), done: true, at: 7 };
  assert.equal(
    keyJsonOf(key),
    '{"id":"18446744073709551615","name":"a","hash":"01FF","done":true,"at":7}',
  );
});
