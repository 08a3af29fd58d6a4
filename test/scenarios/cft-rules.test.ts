import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, termOf } from "@kith/protocol/ids";

import { Cluster } from "./cluster.ts";
import { Puppets } from "./puppets.ts";

/** `a` follows `b` in term 3, and has a block of it. */
function following(): { puppets: Puppets; own: SealedBlock } {
  const puppets = new Puppets(["a", "b", "c"], {}, "cft");
  const own = puppets.block(puppets.genesis, 3);
  puppets.tell("b", puppets.append(3, puppets.genesis, [own]));
  assert.deepEqual(headOf(puppets), [own.id, 3]);
  return { puppets, own };
}

function headOf({ a }: Puppets): readonly [string, number] {
  return [a.state.log.head.id, a.state.term];
}

test("a leader of an earlier term is told so, and nothing that it sends is taken", () => {
  const { puppets, own } = following();
  puppets.tell("c", puppets.append(2, puppets.genesis, [puppets.block(puppets.genesis, 2)]));
  assert.deepEqual(headOf(puppets), [own.id, 3]);
  const told = puppets.sent().filter((each) => each.kind === "confirm");
  assert.deepEqual([told.at(-1)?.accepted, told.at(-1)?.term], [false, 3]);
});

test("what a leader says is final is so only as far as the own log is known to equal its own", () => {
  const { puppets } = following();
  const commitNum = blockNumOf(2);
  puppets.tell("c", puppets.append(4, puppets.genesis, [], { commitNum }));
  assert.equal(puppets.a.state.commitNum, 1);
  const other = puppets.block(puppets.genesis, 4);
  puppets.tell("c", puppets.append(4, puppets.genesis, [other], { commitNum, round: 2 }));
  assert.equal(puppets.a.state.commitNum, 2);
});

test("a follower takes no block that does not follow the one before, or is of a later term than its leader's", () => {
  const { puppets, own } = following();
  const beside = puppets.block(own, 3, { previous: puppets.genesis.id });
  puppets.tell("b", puppets.append(3, own, [beside]));
  assert.deepEqual(headOf(puppets), [own.id, 3]);
  puppets.tell("b", puppets.append(3, own, [puppets.block(own, 4)]));
  assert.deepEqual(headOf(puppets), [own.id, 3]);
  const next = puppets.block(own, 3);
  puppets.tell("b", puppets.append(3, own, [next]));
  assert.deepEqual(headOf(puppets), [next.id, 3]);
});

test("a block that breaks the rules of blocks breaks loudly: terms and times go on, and none says that it is final", () => {
  const time = following().own.header.time;
  for (const wrong of [{ term: termOf(2) }, { time }, { commitNum: blockNumOf(3) }]) {
    const { puppets, own } = following();
    const block = puppets.block(own, 3, wrong);
    assert.throws(() => puppets.tell("b", puppets.append(3, own, [block])), /breaks the rules/);
  }
});

test("two leaders of one term break loudly, and so does a leader that differs in what is final", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"] });
  cluster.elect("a");
  cluster.propose("a", "one");
  cluster.run(200);
  const { state } = cluster.member("a");
  const { term, commitNum, log } = state;
  assert.equal(commitNum, 2);
  const append = (name: string, later: number, previousId = log.head.id): void => {
    const place = { previousNum: blockNumOf(2), previousId, commitNum: blockNumOf(2) };
    const kind = { kind: "append", term: termOf(term + later), blocks: [], round: 9 } as const;
    cluster.deliver("b", { to: name, message: { ...kind, ...place } });
  };
  assert.throws(() => append("a", 0), /two leaders/);
  assert.throws(() => append("c", 1, cluster.genesis.id), /differs from the leader's/);
});

/** Whether `a` votes for `c`, whose log ends there. */
function isGranted(puppets: Puppets, term: number, headTerm: number, headNum: number): boolean {
  // Nobody has led for so long that it hears others.
  puppets.cluster.age(10_000);
  puppets.sent();
  const head = { headTerm: termOf(headTerm), headNum: blockNumOf(headNum) };
  const kind = { kind: "vote-request", pre: false, transfer: false } as const;
  puppets.tell("c", { ...kind, term: termOf(term), ...head });
  return puppets.sent().some((each) => each.kind === "vote-response" && each.granted);
}

test("a candidate whose last block is of an earlier term gets no vote, however long its log is", () => {
  const { puppets } = following();
  assert.ok(!isGranted(puppets, 4, 2, 9));
  assert.ok(isGranted(puppets, 4, 3, 2));
});

test("a candidate of an earlier term gets no vote in the present one", () => {
  const { puppets } = following();
  assert.ok(!isGranted(puppets, 2, 3, 9));
  assert.equal(puppets.a.ballot.votedFor, undefined);
});

/** `a` has asked the others for their votes in a term, and then, because nobody answered, in the next one. */
function candidate(): Puppets {
  const puppets = new Puppets(["a", "b", "c"], { preVote: false }, "cft");
  for (const term of [1, 2]) {
    puppets.cluster.pass("a", 10_000);
    assert.equal(puppets.a.state.term, term);
  }
  assert.equal(puppets.a.state.role, "candidate");
  return puppets;
}

function grant(puppets: Puppets, term: number, pre = false): void {
  puppets.tell("b", { kind: "vote-response", term: termOf(term), pre, granted: true });
}

test("a vote of an earlier term elects nobody in the present one, nor does one that was only promised", () => {
  const puppets = candidate();
  grant(puppets, 1);
  grant(puppets, 2, true);
  assert.equal(puppets.a.state.role, "candidate");
  grant(puppets, 2);
  assert.equal(puppets.a.state.role, "leader");
});

test("a vote that comes when the candidacy has lasted too long elects nobody: its voter may have begun anew", () => {
  const puppets = candidate();
  puppets.cluster.age(10_000);
  grant(puppets, 2);
  assert.equal(puppets.a.state.role, "candidate");
});

test("a candidate does not count its own vote when only what it wrote before is on the disk", () => {
  const { puppets, own } = following();
  const { cluster, a } = puppets;
  a.syncsAtOnce = false;
  puppets.tell("b", puppets.append(3, own, [puppets.block(own, 3)]));
  const before = a.state.writes.last;
  puppets.tell("b", { kind: "timeout-now", term: termOf(3) });
  const isCounted = (): boolean => a.state.candidacy?.votes.get(a.config.self) === true;
  cluster.sync("a", before);
  assert.equal(a.state.durableNum, 3);
  assert.ok(!isCounted());
  cluster.sync("a");
  assert.ok(isCounted());
});

test("a leader that asks for its last term's successor is not heard", () => {
  const { puppets, own } = following();
  puppets.tell("b", { kind: "timeout-now", term: termOf(2) });
  assert.deepEqual(headOf(puppets), [own.id, 3]);
  puppets.tell("b", { kind: "timeout-now", term: termOf(3) });
  assert.deepEqual(headOf(puppets), [own.id, 4]);
});

test("a node that may have forgotten what it said since makes no read ready", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"] });
  cluster.elect("a");
  cluster.propose("a", "one");
  cluster.run(200);
  cluster.isolate("c");
  const isReady = (request: number): boolean => {
    cluster.member("a").takeEffects();
    cluster.input("a", { kind: "read-index", request });
    cluster.deliverAll();
    return cluster
      .member("a")
      .takeEffects()
      .some(({ kind }) => kind === "read-ready");
  };
  assert.ok(isReady(1));
  cluster.deliver("b", { to: "a", message: { kind: "recall", round: 1 } });
  assert.ok(!isReady(2));
});

test("a confirm does not name as final what is final and not on the own disk", () => {
  const { puppets, own } = following();
  const { a, cluster } = puppets;
  a.syncsAtOnce = false;
  const next = puppets.block(own, 3);
  const commitNum = blockNumOf(3);
  puppets.tell("b", puppets.append(3, own, [next], { commitNum, round: 2 }));
  assert.equal(a.state.commitNum, 3);
  puppets.sent();
  puppets.tell("b", puppets.append(3, own, [], { commitNum, round: 3 }));
  const told = (): readonly number[] =>
    puppets.sent().flatMap((each) => (each.kind === "confirm" ? [each.commitNum] : []));
  assert.deepEqual(told(), [2]);
  cluster.sync("a");
  puppets.tell("b", puppets.append(3, next, [], { commitNum, round: 4 }));
  assert.equal(told().at(-1), 3);
});

test("under CFT a block is not final by a certificate of a later term than its own", () => {
  const { puppets, own } = following();
  const show = (term: number): void => {
    const certificate = puppets.certificate("committed", own, term, ["b", "c"]);
    puppets.tell("b", { kind: "certificate", certificate });
  };
  show(4);
  assert.equal(puppets.a.state.commitNum, 1);
  show(3);
  assert.equal(puppets.a.state.commitNum, 2);
});
