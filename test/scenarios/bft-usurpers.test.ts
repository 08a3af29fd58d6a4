import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { SignedViewChange } from "@kith/protocol/vote";

import { certificateFor, Pen, placeOfBlock } from "../simulator/forgery.ts";
import { consensusOf, nodeIdOfName } from "./cluster.ts";
import { Puppets } from "./puppets.ts";

/**
 * The block that would make four others the producers, and that the old ones did not make final: only `a` heard of it in time. Its
 * leader and the four lie.
 */
class Usurpers {
  readonly puppets = new Puppets();
  readonly carrier: SealedBlock;
  readonly #pens: readonly Pen[];

  constructor() {
    const { cluster, genesis } = this.puppets;
    const names = ["e", "f", "g", "h"];
    this.#pens = names.map((name) => new Pen(genesis.id, nodeIdOfName(name)));
    const consensus = consensusOf(names, "bft");
    cluster.want(consensus);
    this.puppets.begin(1);
    this.carrier = this.puppets.block(genesis, 1, { newConsensus: consensus });
    this.puppets.tell("b", this.puppets.proposal(genesis, this.carrier));
    assert.equal(this.puppets.votes().at(-1)?.prepared.id, this.carrier.id);
  }

  /** What the four sign as if they had taken over. */
  certificate(kind: Certificate["kind"], term: number): Certificate {
    const place = placeOfBlock(this.carrier);
    const vote = {
      epoch: this.carrier.header.blockNum,
      term: termOf(term),
      prepared: place,
      committed: place,
    };
    return certificateFor(
      kind,
      place,
      this.#pens.map((pen) => pen.vote(vote)),
    );
  }

  views(term: number): readonly SignedViewChange[] {
    const best = placeOfBlock(this.puppets.genesis);
    const [epoch, nothing] = [blockNumOf(1), blockNumOf(0)];
    const view = { epoch, term: termOf(term), bestEpoch: nothing, bestTerm: termOf(0), best };
    return this.#pens.map((pen) => pen.view(view));
  }
}

test("those whom a block names as producers do not make it final by themselves", () => {
  const usurpers = new Usurpers();
  const { puppets, carrier } = usurpers;
  const certificate = usurpers.certificate("committed", 1);
  puppets.tell("d", { kind: "certificate", certificate });
  puppets.tell("d", { kind: "chain-response", blocks: [carrier], certificate });
  assert.equal(puppets.a.state.commitNum, 1);
});

test("nor does what they signed count more than what the producers prepared, where a term begins", () => {
  const usurpers = new Usurpers();
  const { puppets, carrier } = usurpers;
  const { a, genesis } = puppets;
  // The others went on without it: this may be final.
  const safe = puppets.block(genesis, 2);
  const prepared = puppets.certificate("prepared", safe, 2);
  const forged = usurpers.certificate("prepared", 2);
  const others = ["b", "c"].map((name) => puppets.view(name, 3, prepared));
  const leading = puppets.view("d", 3, forged);
  puppets.tell("d", puppets.newView(forged, [leading, ...others, ...usurpers.views(3)]));
  puppets.tell("d", puppets.proposal(carrier, puppets.block(carrier, 3)));
  assert.deepEqual(puppets.votes(), []);
  assert.equal(a.ballot.lock, undefined);
});
