import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { NewView } from "@kith/protocol/node-message";
import type { SignedViewChange } from "@kith/protocol/vote";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

type Prepared = {
  readonly puppets: Puppets;
  readonly block: SealedBlock;
  readonly certificate: Certificate;
};

/**
 * Everybody prepared a block, and `b` and `c` have the proof, so it may be final somewhere. `a` voted for it and knows no more; `d`, which
 * leads term 3, would undo it.
 */
function prepared(): Prepared {
  const puppets = new Puppets();
  puppets.begin(1);
  const block = puppets.block(puppets.genesis, 1);
  puppets.tell("b", puppets.proposal(puppets.genesis, block));
  assert.equal(puppets.votes().at(-1)?.prepared.id, block.id);
  return { puppets, block, certificate: puppets.certificate("prepared", block, 1) };
}

/** `d` says how term 3 begins, and proposes another block behind the genesis block: `a` takes part in neither. */
function assertRefused({ puppets, block }: Prepared, newView: NewView): void {
  const { a, genesis } = puppets;
  puppets.tell("d", { ...newView, kind: "new-view" });
  puppets.tell("d", puppets.proposal(genesis, puppets.block(genesis, 3)));
  assert.deepEqual(puppets.votes(), []);
  assert.equal(a.state.log.head.id, block.id);
}

/** What somebody says for a term, changed after it was signed. */
function asIfNothing(puppets: Puppets, view: SignedViewChange): SignedViewChange {
  const best = placeOfBlock(puppets.genesis);
  return { ...view, bestEpoch: blockNumOf(0), bestTerm: termOf(0), best };
}

test("the view changes of less than a quorum begin no term, however often they are there", () => {
  const situation = prepared();
  const { puppets } = situation;
  const own = puppets.view("d", 3);
  assertRefused(situation, { views: [own] });
  assertRefused(situation, { views: [own, own, own] });
  assertRefused(situation, { views: [own, puppets.view("d", 3)] });
});

test("a term begins with view changes that their producers signed, and not with what its leader says in their name", () => {
  const situation = prepared();
  const { puppets, certificate } = situation;
  const others = ["b", "c"].map((name) => asIfNothing(puppets, puppets.view(name, 3, certificate)));
  assertRefused(situation, { views: [puppets.view("d", 3), ...others] });
});

test("what producers said for an earlier term, when they knew less, begins no later one", () => {
  const situation = prepared();
  const { puppets } = situation;
  const old = ["b", "c"].map((name) => puppets.view(name, 1));
  assertRefused(situation, { views: [puppets.view("d", 3), ...old] });
});

test("a new view moves nobody to its term before it is proved, also where its root is not here", () => {
  const { puppets, block } = prepared();
  const missing = puppets.certificate("prepared", puppets.block(block, 2), 2);
  const [d, b, c] = ["d", "b", "c"].map((name) => puppets.view(name, 3, missing));
  assert.ok(d !== undefined && b !== undefined && c !== undefined);
  const unsigned = { ...c, signature: new Uint8Array(64) };
  puppets.tell("d", puppets.newView(missing, [d, b, unsigned]));
  assert.equal(puppets.a.state.term, 1);
  puppets.tell("d", puppets.newView(missing, [d, b, c]));
  assert.equal(puppets.a.state.term, 3);
});

test("a leader that claims to know something better, and shows nothing, begins no term", () => {
  const situation = prepared();
  const { puppets, certificate } = situation;
  const claim = { ...certificate, ...placeOfBlock(puppets.genesis), term: termOf(2) };
  const others = ["b", "c"].map((name) => puppets.view(name, 3, certificate));
  assertRefused(situation, { views: [puppets.view("d", 3, claim), ...others] });
});

test("only its leader says where a term begins", () => {
  const puppets = new Puppets();
  const rootId = (): string | undefined => puppets.a.state.bft.root?.id;
  const [b, c, d] = ["b", "c", "d"].map((name) => puppets.view(name, 3));
  assert.ok(b !== undefined && c !== undefined && d !== undefined);
  puppets.tell("c", puppets.newView(undefined, [c, b, d]));
  assert.equal(rootId(), undefined);
  assert.deepEqual(puppets.votes(), []);
  puppets.tell("c", puppets.newView(undefined, [d, b, c]));
  assert.equal(rootId(), puppets.genesis.id);
});

/** `a` leads term 3, and the others tell it their view changes. */
function leading(): Puppets {
  return new Puppets(["b", "c", "d", "a"]);
}

function newViewsOf(puppets: Puppets): readonly NewView[] {
  return puppets.sent().flatMap((message) => (message.kind === "new-view" ? [message] : []));
}

test("a leader waits for the view changes of a quorum", () => {
  const puppets = leading();
  puppets.tell("b", { kind: "view-change", view: puppets.view("b", 3) });
  // In a later term already, so it says nothing for this one.
  puppets.tell("c", { kind: "view-change", view: puppets.view("c", 4) });
  assert.equal(puppets.a.state.term, 3);
  assert.deepEqual(newViewsOf(puppets), []);
  puppets.tell("d", { kind: "view-change", view: puppets.view("d", 3) });
  assert.equal(newViewsOf(puppets)[0]?.views.length, 3);
});

test("a view change without a good signature does not count for the leader, because nobody else would take it", () => {
  const puppets = leading();
  const signed = puppets.view("c", 3);
  puppets.tell("b", { kind: "view-change", view: puppets.view("b", 3) });
  puppets.tell("c", { kind: "view-change", view: { ...signed, signature: new Uint8Array(64) } });
  assert.equal(puppets.a.state.term, 3);
  assert.deepEqual(newViewsOf(puppets), []);
  puppets.tell("d", { kind: "view-change", view: puppets.view("d", 3) });
  const signers = newViewsOf(puppets)[0]?.views.map(({ node }) => node);
  assert.deepEqual(
    signers,
    ["a", "b", "d"].map((name) => puppets.pen(name).node),
  );
});

test("a view change is taken from its producer alone: what a liar invents in its name keeps nobody's own word out", () => {
  const puppets = leading();
  const { a, genesis } = puppets;
  const invented = puppets.certificate("prepared", puppets.block(genesis, 2), 2, ["c"]);
  const forged = { ...puppets.view("b", 3, invented), signature: new Uint8Array(64) };
  puppets.tell("c", { kind: "view-change", view: forged });
  puppets.tell("b", { kind: "view-change", view: puppets.view("b", 3) });
  puppets.tell("d", { kind: "view-change", view: puppets.view("d", 3) });
  assert.equal(a.state.role, "leader");
});
