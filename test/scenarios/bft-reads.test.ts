import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

/** `a` is asked; what round of questions this began. */
function ask(puppets: Puppets, request: number): number {
  puppets.effects();
  puppets.sent();
  puppets.cluster.input("a", { kind: "read-index", request });
  const asked = puppets.sent().find((message) => message.kind === "read-round");
  return asked?.kind === "read-round" ? asked.round : assert.fail("nobody is asked");
}

function answer(puppets: Puppets, names: readonly string[], round: number, num: number): void {
  for (const name of names) {
    puppets.tell(name, { kind: "read-answer", round, num: blockNumOf(num) });
  }
}

/** At which heights reads were answered since this was last asked. */
function readyNums(puppets: Puppets): readonly number[] {
  return puppets.effects().flatMap((effect) => (effect.kind === "read-ready" ? [effect.num] : []));
}

/** In a term that has begun, a block that the others made final, and `a` has not heard of. */
function behind(): { readonly puppets: Puppets; readonly block: SealedBlock } {
  const puppets = new Puppets();
  puppets.begin(3);
  return { puppets, block: puppets.block(puppets.genesis, 3) };
}

test("a read waits until as much is final here as a quorum says that it committed", () => {
  const { puppets, block } = behind();
  const round = ask(puppets, 7);
  // The liar says that there is nothing, and one that is honest had not heard of it either.
  answer(puppets, ["d"], round, 1);
  answer(puppets, ["b"], round, 2);
  assert.deepEqual(readyNums(puppets), []);
  answer(puppets, ["c"], round, 2);
  assert.deepEqual(readyNums(puppets), []);
  const certificate = puppets.certificate("committed", block, 3);
  puppets.tell("b", { kind: "chain-response", blocks: [block], certificate });
  assert.deepEqual(readyNums(puppets), [2]);
});

test("an answer to what was asked before says nothing about what became final since", () => {
  const { puppets } = behind();
  const before = ask(puppets, 7);
  answer(puppets, ["b", "c"], before, 1);
  assert.deepEqual(readyNums(puppets), [1]);
  const round = ask(puppets, 8);
  answer(puppets, ["b", "c", "d"], before, 1);
  assert.deepEqual(readyNums(puppets), []);
  answer(puppets, ["b", "c"], round, 1);
  assert.deepEqual(readyNums(puppets), [1]);
});

test("who may have forgotten what it committed does not count itself among those who answer", () => {
  const { puppets } = behind();
  puppets.restore(puppets.cluster.copyOf("a"), true);
  const round = ask(puppets, 7);
  answer(puppets, ["b", "c"], round, 1);
  assert.deepEqual(readyNums(puppets), []);
  answer(puppets, ["d"], round, 1);
  assert.deepEqual(readyNums(puppets), [1]);
});

test("a reader is told what a node may have committed, and not only what it knows to be final", () => {
  const { puppets, block } = behind();
  puppets.tell("d", puppets.proposal(puppets.genesis, block));
  for (const name of ["b", "c"]) puppets.says(name, 3, { prepared: placeOfBlock(block) });
  assert.equal(puppets.votes().at(-1)?.committed.id, block.id);
  puppets.tell("b", { kind: "read-round", round: 5 });
  const told = puppets.sent().find((message) => message.kind === "read-answer");
  assert.deepEqual(told, { kind: "read-answer", round: 5, num: 2 });
  assert.equal(puppets.a.state.commitNum, 1);
});
