import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import { FairQueue } from "./fair-queue.ts";
import { queuedMax, queuedOfServiceMax } from "./limits.ts";

const [a, b, c] = ["aa", "bb", "cc"].map((name) => accountNameConstant(name));
const always = (): boolean => true;

function item(service = a, queuedMs = 0) {
  if (service === undefined) throw new Error("a service");
  return { service, queuedMs };
}

test("time is shared: who costs ten times as much comes a tenth as often", () => {
  const queue = new FairQueue<ReturnType<typeof item>>();
  const served = new Map<string, number>();
  for (let at = 0; at < 200; at++) {
    for (const service of [a, b]) queue.push(item(service));
    const next = queue.take(always);
    if (next === undefined) continue;
    served.set(next.service, (served.get(next.service) ?? 0) + 1);
    queue.charge(next.service, next.service === a ? 100 : 10);
  }
  assert.ok((served.get("bb") ?? 0) > 8 * (served.get("aa") ?? 0), JSON.stringify([...served]));
});

test("who was away has saved nothing up", () => {
  const queue = new FairQueue<ReturnType<typeof item>>();
  for (let at = 0; at < 50; at++) {
    queue.push(item(a));
    queue.take(always);
    queue.charge(item(a).service, 100);
  }
  const order: string[] = [];
  for (let at = 0; at < 6; at++) for (const service of [a, c]) queue.push(item(service));
  for (let next = queue.take(always); next !== undefined; next = queue.take(always)) {
    order.push(next.service);
    queue.charge(next.service, 100);
  }
  assert.ok(order.slice(0, 6).filter((name) => name === "aa").length >= 2, order.join(" "));
});

test("of one service as many wait as may, of all services too, and what is put back always fits", () => {
  const queue = new FairQueue<ReturnType<typeof item>>();
  const services = Array.from({ length: 8 }, (_, at) => accountNameConstant(`s-${at}`));
  for (const service of services) {
    let taken = 0;
    while (taken <= queuedOfServiceMax && queue.push(item(service))) taken++;
    assert.ok(taken <= queuedOfServiceMax);
  }
  assert.equal(queue.size, queuedMax);
  queue.putBack(item(services[0]));
  assert.equal(queue.size, queuedMax + 1);
  assert.equal([...queue.takeOlder(Number.POSITIVE_INFINITY)].length, queuedMax + 1);
  assert.equal(queue.size, 0);
});

test("only services that may run are taken from, and in the order in which they came", () => {
  const queue = new FairQueue<ReturnType<typeof item>>();
  queue.push(item(a, 1));
  queue.push(item(b, 2));
  queue.push(item(b, 3));
  assert.equal(queue.take((service) => service === b)?.queuedMs, 2);
  assert.equal(
    queue.take(() => false),
    undefined,
  );
  assert.deepEqual(
    [...queue.takeOlder(3)].map(({ queuedMs }) => queuedMs),
    [1],
  );
  assert.equal(queue.take(always)?.queuedMs, 3);
});
