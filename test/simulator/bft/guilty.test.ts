import assert from "node:assert/strict";
import { test } from "node:test";

import { noPlace } from "@kith/consensus/bft/state";
import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { sha256Hex, zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, brandAccountName, nodeIdOf, termOf } from "@kith/protocol/ids";
import type { SignedViewChange, SignedVote } from "@kith/protocol/vote";

import { certificateFor, Pen, placeOfBlock } from "../forgery.ts";
import { guiltyOf } from "./accountability.ts";
import { BlockTree } from "./block-tree.ts";
import { Statements } from "./statements.ts";

const genesis = blockAfter(undefined, 0);
const tree = new BlockTree();
const left = known(blockAfter(genesis, 2));
const right = known(blockAfter(genesis, 3));
const behindLeft = known(blockAfter(left, 2));

function blockAfter(parent: SealedBlock | undefined, term: number): SealedBlock {
  const num = (parent?.header.blockNum ?? 0) + 1;
  return sealBlock(
    {
      previous: parent?.id ?? blockIdOf("0".repeat(64)),
      blockNum: blockNumOf(num),
      time: num,
      producer: brandAccountName("somebody"),
      term: termOf(term),
      commitNum: blockNumOf(num - 1),
      consensusState: zeroChecksum,
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
    },
    [],
  );
}

function known(block: SealedBlock): SealedBlock {
  tree.add(block);
  return block;
}

const pens = new Map(
  ["a", "b", "c", "d"].map((name) => {
    const node = nodeIdOf(sha256Hex(new TextEncoder().encode(name)));
    return [name, new Pen(genesis.id, node)];
  }),
);

function pen(name: string): Pen {
  return pens.get(name) ?? assert.fail(`nobody is called ${name}`);
}

type Says = { readonly prepared: SealedBlock; readonly committed?: SealedBlock };

function vote(name: string, term: number, { prepared, committed }: Says, epoch = 1): SignedVote {
  return pen(name).vote({
    epoch: blockNumOf(epoch),
    term: termOf(term),
    prepared: placeOfBlock(prepared),
    committed: committed === undefined ? noPlace : placeOfBlock(committed),
  });
}

function view(name: string, term: number, best?: Certificate): SignedViewChange {
  const place = best ?? { ...placeOfBlock(genesis), epoch: 0, term: 0 };
  return pen(name).view({
    epoch: blockNumOf(1),
    term: termOf(term),
    bestEpoch: blockNumOf(place.epoch),
    bestTerm: termOf(place.term),
    best: { num: place.num, id: place.id },
  });
}

/** Whom all this names; whatever nobody signed is nobody's word. */
function guiltyBy(...said: readonly (SignedVote | SignedViewChange)[]): readonly string[] {
  const statements = new Statements(({ signature }) => signature.some((byte) => byte !== 0));
  for (const each of said) {
    if ("best" in each) statements.record({ kind: "view-change", view: each });
    else statements.record({ kind: "vote", vote: each, commitNum: blockNumOf(1) });
  }
  const guilty = guiltyOf(tree, statements);
  return [...pens].filter(([, { node }]) => guilty.has(node)).map(([name]) => name);
}

test("two votes of one term for blocks of which none descends from the other are guilt, prepared or committed", () => {
  assert.deepEqual(guiltyBy(vote("a", 3, { prepared: left }), vote("a", 3, { prepared: right })), [
    "a",
  ]);
  const commits = vote("a", 3, { prepared: behindLeft, committed: left });
  assert.deepEqual(guiltyBy(commits, vote("a", 3, { prepared: right })), ["a"]);
  assert.deepEqual(guiltyBy(vote("a", 3, { prepared: right }), commits), ["a"]);
  assert.deepEqual(guiltyBy(vote("a", 3, { prepared: right, committed: left })), ["a"]);
});

test("votes that one chain bears are none, nor such of different terms, or of different epochs, or of different nodes", () => {
  const first = vote("a", 3, { prepared: left });
  assert.deepEqual(guiltyBy(first, vote("a", 3, { prepared: behindLeft, committed: left })), []);
  assert.deepEqual(guiltyBy(first, vote("a", 4, { prepared: right })), []);
  assert.deepEqual(guiltyBy(first, vote("a", 3, { prepared: right }, 2)), []);
  assert.deepEqual(guiltyBy(first, vote("b", 3, { prepared: right })), []);
});

test("a view change that names less than its sender committed in an earlier term is guilt", () => {
  const committed = vote("a", 2, { prepared: left, committed: left });
  const proof = certificateFor("prepared", placeOfBlock(left), [vote("b", 2, { prepared: left })]);
  assert.deepEqual(guiltyBy(committed, view("a", 3)), ["a"]);
  assert.deepEqual(guiltyBy(view("a", 3), committed), ["a"]);
  assert.deepEqual(guiltyBy(committed, view("a", 3, proof)), []);
  // In its own term a commitment comes after the view change, and what is only prepared binds nobody.
  assert.deepEqual(guiltyBy(committed, view("a", 2)), []);
  assert.deepEqual(guiltyBy(vote("a", 2, { prepared: left }), view("a", 3)), []);
});

test("what nobody signed accuses nobody", () => {
  const forged = { ...vote("a", 3, { prepared: right }), signature: new Uint8Array(64) };
  assert.deepEqual(guiltyBy(vote("a", 3, { prepared: left }), forged), []);
});

test("where two of four make a block final that the others do not have, in the same term or in the next, both are named", () => {
  const liars = ["a", "b"];
  const finalLeft = [...liars, "c"].map((name) => {
    return vote(name, 2, { prepared: left, committed: left });
  });
  const inTheSame = [...liars, "d"].map((name) => {
    return vote(name, 2, { prepared: right, committed: right });
  });
  assert.deepEqual(guiltyBy(...finalLeft, ...inTheSame), liars);
  const forgetful = [...liars, "d"].map((name) => view(name, 3));
  const inTheNext = [...liars, "d"].map((name) => {
    return vote(name, 3, { prepared: right, committed: right });
  });
  assert.deepEqual(guiltyBy(...finalLeft, ...forgetful, ...inTheNext), liars);
});
