import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chain } from "@kith/chain/chain";
import { blockIdOf, type NodeId, type TransactionId } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import { err, ok } from "@kith/protocol/result";
import { packSigned, prepareTransaction, transactionCodec } from "@kith/protocol/transactions";

import { outcomeMsMax, passAgainMs } from "./limits.ts";
import type { SubmitOutcome } from "./outcome.ts";
import { Pool } from "./pool.ts";
import { SenderWork } from "./sender-work.ts";
import { Submissions } from "./submissions.ts";
import { TestClock, TestLinks, testNode } from "./test-support.ts";
import { Verdicts } from "./verdicts.ts";

const [leader, other, stranger] = [testNode(1), testNode(2), testNode(3)];

function transactionOf(expiration: number): Uint8Array {
  const tapos = { expiration, flags: 0, refBlockIndex: 0 };
  const name = accountNameConstant("somebody");
  const method = methodNameConstant("act");
  const actions = [{ sender: name, service: name, method, rawData: new Uint8Array() }];
  return packSigned({
    transaction: transactionCodec.pack({ tapos, actions, claims: [] }),
    proofs: [],
  });
}

function idOf(bytes: Uint8Array): TransactionId {
  const prepared = prepareTransaction(bytes);
  assert.ok(prepared.ok);
  return prepared.value.id;
}

function receiptOf(id: TransactionId): Receipt {
  return { transactionId: id } as unknown as Receipt;
}

const kindOf = (outcome: SubmitOutcome | undefined): string => {
  if (outcome === undefined) return "nothing";
  if (outcome.kind === "refused") return outcome.error.code;
  return outcome.kind === "unavailable" ? outcome.reason : outcome.kind;
};

/** A node that leads, follows `leader`, or knows of no leader. */
function openSubmissions(role: "leads" | "follows" | "alone" = "leads") {
  const clock = new TestClock();
  const links = new TestLinks(leader, other, stranger);
  const pool = new Pool();
  const facts = {
    self: role === "leads",
    node: role === "follows" ? leader : (undefined as NodeId | undefined),
    receipts: new Map<TransactionId, Receipt>(),
    refusal: undefined as string | undefined,
    valid: true,
    unproved: undefined as string | undefined,
    customChecks: 0,
    checked: 0,
    trialMs: 0,
    queued: 0,
    waits: 0,
    watchmen: [] as readonly NodeId[],
  };
  const chain = {
    applied: () => ({ num: 1 }),
    receipt: (id: TransactionId) => facts.receipts.get(id),
    checkAdmission: () =>
      facts.refusal === undefined ? ok(undefined) : err({ code: facts.refusal }),
    checkCustomProofs: () => {
      facts.customChecks++;
      return facts.unproved === undefined ? ok(undefined) : err({ code: facts.unproved });
    },
    signatureChecks: () => ok({ refBlockId: blockIdOf("aa".repeat(32)), checks: [] }),
    dryRun: (prepared: { id: TransactionId }) => {
      clock.advance(facts.trialMs);
      return receiptOf(prepared.id);
    },
  };
  const verdicts = new Verdicts({
    verify(_, done) {
      facts.checked++;
      done(facts.valid);
    },
  });
  const submissions = new Submissions({
    chain: chain as unknown as Chain,
    pool,
    work: new SenderWork(),
    verdicts,
    links,
    clock,
    leader: () => ({ self: facts.self, node: facts.node }),
    watchmen: () => facts.watchmen,
    onQueued: () => facts.queued++,
    onWaiting: () => facts.waits++,
    onPrepared: () => undefined,
  });
  const outcomes: SubmitOutcome[] = [];
  return {
    submissions,
    clock,
    links,
    pool,
    facts,
    outcomes,
    kinds: () => outcomes.map(kindOf),
    submit: (bytes: Uint8Array): void => {
      submissions.submit(bytes, (outcome) => outcomes.push(outcome));
    },
    passed: () =>
      links
        .take()
        .map(({ to, message }) => [
          to,
          message.kind === "submit" ? message.transactions.length : message.kind,
        ]),
  };
}

test("proofs that services check come last, after those of the keys", () => {
  const { submit, pool, facts, kinds } = openSubmissions();
  facts.unproved = "proof-refused";
  facts.valid = false;
  submit(transactionOf(1));
  assert.equal(facts.customChecks, 0);
  facts.valid = true;
  submit(transactionOf(2));
  assert.equal(facts.customChecks, 1);
  assert.deepEqual(kinds(), ["proof-invalid", "proof-refused"]);
  assert.equal(pool.size, 0);
  facts.unproved = undefined;
  submit(transactionOf(3));
  assert.equal(pool.size, 1);
});

test("the leader queues what it admits, and tells the outcome to everybody who sent it", () => {
  const { submit, pool, facts, outcomes } = openSubmissions();
  const bytes = transactionOf(1);
  submit(bytes);
  submit(bytes.slice());
  assert.equal(facts.queued, 1);
  assert.equal(facts.checked, 1);
  assert.equal(pool.size, 1);
  const id = idOf(bytes);
  pool.settle(id, { kind: "final", receipt: receiptOf(id) });
  assert.deepEqual(
    outcomes.map((outcome) => outcome.kind === "final" && outcome.receipt.transactionId),
    [id, id],
  );
});

test("what cannot be included is refused at once with the reason", () => {
  const { submit, facts, kinds, pool } = openSubmissions();
  submit(Uint8Array.of(1, 2, 3));
  facts.refusal = "transaction-expired";
  submit(transactionOf(1));
  facts.refusal = undefined;
  facts.valid = false;
  submit(transactionOf(2));
  assert.deepEqual(kinds(), ["transaction-malformed", "transaction-expired", "proof-invalid"]);
  assert.equal(pool.size, 0);
});

test("what was executed before is answered with its receipt and not queued again", () => {
  const { submit, facts, kinds, pool } = openSubmissions();
  const bytes = transactionOf(1);
  facts.receipts.set(idOf(bytes), receiptOf(idOf(bytes)));
  submit(bytes);
  assert.deepEqual(kinds(), ["final"]);
  assert.equal(pool.size, 0);
});

test("whoever does not lead passes what came in one turn to the leader in one message", () => {
  const { submit, clock, passed } = openSubmissions("follows");
  for (let i = 1; i <= 3; i++) submit(transactionOf(i));
  assert.deepEqual(passed(), []);
  clock.advance(0);
  assert.deepEqual(passed(), [[leader, 3]]);
});

test("what was passed and is not executed after a while is passed again", () => {
  const { submit, clock, passed } = openSubmissions("follows");
  submit(transactionOf(1));
  clock.advance(0);
  assert.deepEqual(passed(), [[leader, 1]]);
  clock.advance(2 * passAgainMs);
  assert.deepEqual(passed(), [[leader, 1]]);
});

test("a new leader gets what the old one had", () => {
  const { submissions, submit, clock, passed, facts } = openSubmissions("follows");
  submit(transactionOf(1));
  clock.advance(0);
  passed();
  facts.node = other;
  submissions.restart();
  clock.advance(0);
  assert.deepEqual(passed(), [[other, 1]]);
});

test("without a leader the wait ends with a reason and the id to ask for", () => {
  const { submit, clock, outcomes, kinds, pool } = openSubmissions("alone");
  const bytes = transactionOf(1);
  submit(bytes);
  clock.advance(outcomeMsMax + 2 * passAgainMs);
  assert.deepEqual(kinds(), ["no-leader"]);
  const [outcome] = outcomes;
  assert.ok(outcome?.kind === "unavailable");
  assert.equal(outcome.id, idOf(bytes));
  assert.equal(pool.size, 0);
});

test("the leader tells the node that passed a transaction on why it is refused", () => {
  const { submissions, links, facts } = openSubmissions();
  facts.refusal = "transaction-expired";
  submissions.receive(other, [transactionOf(1)]);
  const [sent] = links.take();
  assert.equal(sent?.to, other);
  assert.ok(sent.message.kind === "submit-refused");
  assert.equal(sent.message.error, '{"code":"transaction-expired"}');
});

test("a refusal of the leader reaches the client; nonsense in its place does not", () => {
  const { submissions, submit, clock, kinds } = openSubmissions("follows");
  const bytes = transactionOf(1);
  submit(bytes);
  clock.advance(0);
  const transactionId = idOf(bytes);
  submissions.onRefused({ transactionId, error: "no JSON" });
  submissions.onRefused({ transactionId, error: '{"reason":"no code"}' });
  assert.deepEqual(kinds(), []);
  submissions.onRefused({ transactionId, error: '{"code":"transaction-expired"}' });
  assert.deepEqual(kinds(), ["transaction-expired"]);
});

test("a node that stopped leading forgets what others passed to it, and keeps what its own clients wait for", () => {
  const { submissions, submit, pool, facts } = openSubmissions();
  submissions.receive(other, [transactionOf(1)]);
  submit(transactionOf(2));
  assert.equal(pool.size, 2);
  facts.self = false;
  submissions.restart();
  assert.deepEqual(
    [...pool.entries()].map(({ prepared }) => prepared.id),
    [idOf(transactionOf(2))],
  );
});

test("what a trial would do is told at once, and the transaction goes its way", () => {
  const { submissions, pool } = openSubmissions();
  const seen: string[] = [];
  submissions.tryOut(transactionOf(1), (outcome) => seen.push(outcome.kind));
  assert.deepEqual(seen, ["applied"]);
  assert.equal(pool.size, 1);
});

test("whoever tries what takes long has to rest like others who do it", () => {
  const { submissions, facts } = openSubmissions();
  const told: string[] = [];
  facts.trialMs = 50;
  const tryOut = (number: number): void => {
    submissions.tryOut(transactionOf(number), (outcome) =>
      told.push(outcome.kind === "unavailable" ? outcome.reason : outcome.kind),
    );
  };
  tryOut(1);
  tryOut(2);
  assert.deepEqual(told, ["applied", "pool-full"]);
});

test("what a snapshot says was executed is no longer waited for", () => {
  const { submissions, submit, facts, kinds, pool } = openSubmissions("follows");
  submit(transactionOf(1));
  submissions.onSnapshot();
  assert.deepEqual(kinds(), []);
  facts.refusal = "already-executed";
  submissions.onSnapshot();
  assert.deepEqual(kinds(), ["already-executed"]);
  assert.equal(pool.size, 0);
});

test("what the leader leaves waiting is shown to all producers, again and again, and by nobody but the client's node", () => {
  const { submissions, submit, facts, clock, passed } = openSubmissions("follows");
  facts.watchmen = [leader, other];
  submit(transactionOf(1));
  submissions.receive(stranger, [transactionOf(2)]);
  clock.advance(0);
  assert.deepEqual(passed(), [[leader, 2]]);
  assert.ok(facts.waits > 0);
  clock.advance(3 * passAgainMs);
  const all = [
    [leader, 1],
    [other, 1],
  ];
  assert.deepEqual(passed(), all);
  clock.advance(2 * passAgainMs);
  assert.deepEqual(passed(), all);
});

test("where the leader may lie, its refusal counts only when this node would refuse, too", () => {
  const { submissions, submit, facts, kinds, pool } = openSubmissions("follows");
  facts.watchmen = [leader, other];
  const bytes = transactionOf(1);
  submit(bytes);
  const refusal = { transactionId: idOf(bytes), error: JSON.stringify({ code: "proof-invalid" }) };
  submissions.onRefused(refusal);
  assert.deepEqual([kinds(), pool.size], [[], 1]);
  facts.refusal = "transaction-expired";
  submissions.onRefused(refusal);
  assert.deepEqual([kinds(), pool.size], [["proof-invalid"], 0]);
});

test("when the leader changes, watched nodes keep what others passed on, in case that they lead next", () => {
  const { submissions, submit, facts, clock, passed, pool } = openSubmissions("follows");
  facts.watchmen = [leader, other];
  submit(transactionOf(1));
  submissions.receive(stranger, [transactionOf(2)]);
  clock.advance(0);
  passed();
  facts.node = other;
  submissions.restart();
  clock.advance(0);
  assert.deepEqual(passed(), [[other, 1]]);
  assert.equal(pool.size, 2);
  facts.self = true;
  submissions.restart();
  assert.equal([...pool.entries()].filter(({ stage }) => stage === "queued").length, 2);
});

test("who knows of no leader passes what its clients send to one producer after the other, which may know one", () => {
  const { submissions, submit, facts, clock, links, passed } = openSubmissions("alone");
  facts.watchmen = [leader, other, stranger];
  links.nodes = [other, stranger];
  submit(transactionOf(1));
  submissions.receive(stranger, [transactionOf(2)]);
  clock.advance(0);
  assert.deepEqual(passed(), [[other, 1]]);
  submit(transactionOf(3));
  clock.advance(0);
  assert.deepEqual(passed(), [[stranger, 1]]);
  // What others passed on waits for a leader: they see to it themselves.
  facts.node = other;
  submissions.restart();
  clock.advance(0);
  assert.deepEqual(passed(), [[other, 3]]);
});

test("a transaction that another node passed on and that a client sends too is this node's own", () => {
  const { submissions, submit, pool } = openSubmissions("follows");
  submissions.receive(stranger, [transactionOf(1)]);
  assert.deepEqual(
    [...pool.entries()].map(({ isOwn }) => isOwn),
    [false],
  );
  submit(transactionOf(1));
  assert.deepEqual(
    [...pool.entries()].map(({ isOwn }) => isOwn),
    [true],
  );
});
