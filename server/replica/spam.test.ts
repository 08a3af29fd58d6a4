import { heapStats } from "bun:jsc";
import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { seedRandom } from "@kith/protocol/random";
import { recentIndexOf } from "@kith/protocol/tapos";
import { testProducer } from "@kith/protocol/test-chain";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { buildTransaction, packAction, publicKeyOf, signTransaction } from "@kith/sdk/transaction";

import { peerUnitsMax, peerUnitsPerSecond, questionUnits } from "./limits.ts";
import type { SubmitOutcome } from "./outcome.ts";
import { openTestReplica, ownerSecret, type TestReplica } from "./test-replica.ts";
import { garbled, spam } from "./test-spam.ts";
import { testNode } from "./test-support.ts";

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);
const [honest, flooder] = [testNode(1), testNode(2)];
const producer = testProducer(0);

/** What the flooder sends in one round: one message of each kind as it is, and once more with changed bytes. */
const roundMs = 10;

type Flood = TestReplica & {
  /** What the node has sent to the flooder, by kind. */
  readonly answered: Map<string, number>;
  readonly rounds: (count: number) => void;
};

function openFlood(algorithm: "cft" | "bft"): Flood {
  const opened = openTestReplica(algorithm);
  const { replica, links, log, clock } = opened;
  const random = seedRandom(seed);
  const answered = new Map<string, number>();
  links.nodes = [honest, flooder];
  replica.onPeersChanged();
  clock.advance(5_000);
  const rounds = (count: number): void => {
    for (let round = 0; round < count; round += 1) {
      const head = log.blocks.get(replica.status().head.num) ?? assert.fail("no head");
      for (const message of spam(random, { head, producer: producer.node })) {
        replica.receive(flooder, message);
        const changed = garbled(random, message);
        if (changed !== undefined) replica.receive(flooder, changed);
      }
      clock.advance(roundMs);
      for (const { to, message } of links.take()) {
        if (to !== flooder) continue;
        answered.set(message.kind, (answered.get(message.kind) ?? 0) + 1);
      }
    }
  };
  return { ...opened, answered, rounds };
}

/** Has a new account made, and says what became of it. */
function createAccount(flood: TestReplica, name: string): SubmitOutcome | undefined {
  const { replica, chain, genesis, clock } = flood;
  const key = publicKeyOf(ownerSecret);
  const create = packAction(producer.account, accountsInterface, "create", {
    name: accountNameConstant(name),
    key,
  });
  const applied = chain.applied() ?? genesis.header;
  const num = "num" in applied ? applied.num : applied.blockNum;
  const id = "id" in applied ? applied.id : genesis.id;
  const transaction = buildTransaction({
    actions: [create],
    expiration: Math.floor(clock.now().wallMicros / 1e6) + 60,
    refBlockIndex: recentIndexOf(num),
    keys: [key],
  });
  const outcomes: SubmitOutcome[] = [];
  const { bytes } = signTransaction(transaction, id, ownerSecret);
  replica.submit(bytes, (outcome) => outcomes.push(outcome));
  clock.advance(100);
  return outcomes[0];
}

/** Objects and bytes that something still refers to. */
function memory(): { readonly objects: number; readonly bytes: number } {
  Bun.gc(true);
  const { objectCount, heapSize, extraMemorySize } = heapStats();
  return { objects: objectCount, bytes: heapSize + extraMemorySize };
}

for (const algorithm of ["cft", "bft"] as const) {
  test(`a peer that floods a node of a ${algorithm} network with made-up messages stops nobody (seed ${seed})`, () => {
    const flood = openFlood(algorithm);
    const { replica, chain, genesis, clock, links, log } = flood;
    assert.equal(replica.status().role, "leader");
    const { term } = replica.status();
    flood.rounds(50);
    assert.equal(createAccount(flood, "amid-flood")?.kind, "final");
    flood.rounds(50);
    assert.deepEqual([replica.status().role, replica.status().term], ["leader", term]);
    assert.equal(log.blocks.get(blockNumOf(1)), genesis, "what was final is what it was");
    assert.ok(chain.hasAccount(accountNameConstant("amid-flood")));
    links.take();
    replica.receive(honest, { kind: "blocks-request", from: blockNumOf(1), to: blockNumOf(3) });
    const [answer] = links.take().filter(({ message }) => message.kind === "blocks-response");
    assert.ok(answer?.to === honest && answer.message.kind === "blocks-response");
    assert.equal(answer.message.blocks.length, 3);
    assert.equal(createAccount(flood, "behind-it")?.kind, "final");
    clock.advance(60_000);
    assert.equal(replica.status().waiting, 0, "nothing of the flood waits");
  });

  test(`a flood leaves nothing in the memory of a node of a ${algorithm} network (seed ${seed})`, () => {
    const flood = openFlood(algorithm);
    const settle = (): void => {
      flood.clock.advance(60_000);
      flood.links.take();
    };
    // Caches fill up first.
    flood.rounds(60);
    settle();
    const before = memory();
    const timers = flood.clock.waiting;
    flood.rounds(240);
    settle();
    const after = memory();
    assert.ok(flood.clock.waiting <= timers + 10, `${flood.clock.waiting} timers`);
    assert.ok(after.objects - before.objects < 20_000, `${after.objects - before.objects} objects`);
    assert.ok(after.bytes - before.bytes < 8_000_000, `${after.bytes - before.bytes} bytes`);
  });
}

test(`whoever asks without end gets as much as its allowance, and others get theirs (seed ${seed})`, () => {
  const { replica, links, clock } = openTestReplica("cft");
  links.nodes = [honest, flooder];
  clock.advance(5_000);
  links.take();
  const request = { kind: "blocks-request", from: blockNumOf(1), to: blockNumOf(1) } as const;
  for (let asked = 0; asked < 10_000; asked += 1) replica.receive(flooder, request);
  const answers = links.take().filter(({ to }) => to === flooder);
  const cost = questionUnits["blocks-request"] ?? assert.fail();
  assert.ok(answers.length <= peerUnitsMax / cost);
  replica.receive(honest, request);
  assert.equal(links.take().length, 1);
  clock.advance(1_000);
  for (let asked = 0; asked < 10_000; asked += 1) replica.receive(flooder, request);
  const later = links.take().filter(({ message }) => message.kind === "blocks-response");
  assert.ok(later.length > 0 && later.length <= peerUnitsPerSecond / cost + 1);
});
