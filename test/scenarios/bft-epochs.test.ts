import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";

import { placeOfBlock } from "../simulator/forgery.ts";
import { consensusOf } from "./names.ts";
import { Puppets } from "./puppets.ts";

/** What `a` is bound to: in which epoch and term a quorum prepared which height. */
function lockOf({ a }: Puppets): readonly number[] | undefined {
  const { lock } = a.state.bft;
  return lock && [lock.epoch, lock.term, lock.num];
}

type Change = {
  readonly puppets: Puppets;
  /** Block 2: with it the same four producers take over in another order. */
  readonly carrier: SealedBlock;
  /** That the old ones prepared it, in term 2. */
  readonly prepared: Certificate;
  /** The old ones commit it: `a` is in the new epoch, in term 3. */
  readonly makeFinal: () => void;
  readonly inOldEpoch: (say: () => void) => void;
};

function changeOf(next: readonly string[]): Change {
  const puppets = new Puppets();
  const { cluster, genesis } = puppets;
  const consensus = consensusOf(next, "bft");
  cluster.want(consensus);
  puppets.begin(2);
  const carrier = puppets.block(genesis, 2, { newConsensus: consensus });
  puppets.tell("c", puppets.proposal(genesis, carrier));
  const place = placeOfBlock(carrier);
  const makeFinal = (): void => {
    for (const name of ["b", "c", "d"])
      puppets.says(name, 2, { prepared: place, committed: place });
    puppets.names = next;
    puppets.epoch = 2;
    const { consensus: rules, commitNum, term } = puppets.a.state;
    assert.deepEqual([commitNum, rules.point.since, term], [2, 2, 3]);
  };
  const inOldEpoch = (say: () => void): void => {
    puppets.epoch = 1;
    say();
    puppets.epoch = 2;
  };
  const prepared = puppets.certificate("prepared", carrier, 2);
  return { puppets, carrier, prepared, makeFinal, inOldEpoch };
}

/** `a` leads term 3. */
const shifted = ["b", "c", "d", "a"] as const;
/** `b` leads terms 1 and 5, as before. */
const swapped = ["a", "b", "d", "c"] as const;

function sayView({ puppets, prepared }: Change, ...names: readonly string[]): void {
  for (const name of names) {
    const view = puppets.view(name, 3, prepared);
    puppets.tell(name, { kind: "view-change", view });
  }
}

test("votes of an epoch that is over are not counted in a term of the next one, whether they came before or come late", () => {
  const change = changeOf(shifted);
  const { puppets, carrier, makeFinal, inOldEpoch } = change;
  const place = placeOfBlock(carrier);
  // By the old rules one of them had gone on to the term in which the new producers begin.
  puppets.says("b", 3, { prepared: place, committed: place });
  makeFinal();
  sayView(change, "b", "c");
  assert.equal(puppets.a.state.role, "leader");
  inOldEpoch(() => {
    for (const name of ["c", "d"]) puppets.says(name, 3, { prepared: place, committed: place });
  });
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
  puppets.says("c", 3, { prepared: place });
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
  puppets.says("b", 3, { prepared: place });
  assert.deepEqual(lockOf(puppets), [2, 3, 2]);
});

test("view changes of an epoch that is over begin no term of the next one, whether they came before or come late", () => {
  const change = changeOf(shifted);
  const { puppets, makeFinal, inOldEpoch } = change;
  sayView(change, "b");
  makeFinal();
  inOldEpoch(() => sayView(change, "c", "d"));
  assert.equal(puppets.a.state.bft.root, undefined);
  sayView(change, "c");
  assert.equal(puppets.a.state.bft.root, undefined);
  sayView(change, "b");
  assert.equal(puppets.a.state.role, "leader");
});

test("nor do they in a view that the leader of both epochs has put together, alone or among others", () => {
  const { puppets, prepared, makeFinal, inOldEpoch } = changeOf(swapped);
  makeFinal();
  inOldEpoch(() => puppets.beginBehind(5, prepared));
  assert.equal(puppets.a.state.bft.root, undefined);
  const leading = puppets.view("b", 5, prepared);
  inOldEpoch(() => {
    const others = ["c", "d"].map((name) => puppets.view(name, 5, prepared));
    puppets.tell("b", puppets.newView(prepared, [leading, ...others]));
  });
  assert.equal(puppets.a.state.bft.root, undefined);
  puppets.beginBehind(5, prepared);
  assert.equal(puppets.a.state.role, "follower");
});

test("nor does a view count those that its signers said of an earlier term", () => {
  const { puppets, prepared, makeFinal } = changeOf(swapped);
  makeFinal();
  const [leading, ...others] = [5, 4, 4].map((term, at) =>
    puppets.view(["b", "c", "d"][at] ?? "", term, prepared),
  );
  assert.ok(leading !== undefined);
  puppets.tell("b", puppets.newView(prepared, [leading, ...others]));
  assert.equal(puppets.a.state.bft.root, undefined);
});

test("a proposal of an epoch that is over is no word of its leader in the next one", () => {
  const { puppets, carrier, prepared, makeFinal, inOldEpoch } = changeOf(swapped);
  makeFinal();
  puppets.beginBehind(5, prepared);
  inOldEpoch(() => puppets.tell("b", puppets.proposalOf("b", 5, carrier)));
  puppets.says("c", 5, { prepared: placeOfBlock(carrier) });
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
  puppets.tell("b", puppets.proposalOf("b", 5, carrier));
  assert.deepEqual(lockOf(puppets), [2, 5, 2]);
});

test("what the producers of an epoch that is over prepare in later terms undoes nothing that the next ones prepared", () => {
  const { puppets, carrier, prepared, makeFinal, inOldEpoch } = changeOf(swapped);
  makeFinal();
  puppets.beginBehind(5, prepared);
  const block = puppets.block(carrier, 5, { commitNum: carrier.header.blockNum });
  puppets.tell("b", puppets.proposal(carrier, block));
  for (const name of ["b", "c"]) puppets.says(name, 5, { prepared: placeOfBlock(block) });
  assert.deepEqual(lockOf(puppets), [2, 5, 3]);
  inOldEpoch(() => {
    const late = puppets.certificate("prepared", carrier, 9);
    puppets.epoch = 2;
    puppets.beginBehind(6, late);
  });
  assert.equal(puppets.a.state.log.head.id, block.id);
  assert.equal(puppets.a.state.bft.root?.num === 2, false);
});
