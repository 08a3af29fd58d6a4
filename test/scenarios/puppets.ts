import assert from "node:assert/strict";

import { noPlace } from "@kith/consensus/bft/state";
import type { ConsensusConfig } from "@kith/consensus/core/config";
import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock, type HeaderDraft } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf, brandAccountName, termOf } from "@kith/protocol/ids";
import type {
  BftMessage,
  CftMessage,
  ConsensusMessage,
  NewView,
} from "@kith/protocol/node-message";
import type { BlockPlace, SignedViewChange, SignedVote } from "@kith/protocol/vote";

import { certificateFor, Pen, placeOfBlock } from "../simulator/forgery.ts";
import { Cluster } from "./cluster.ts";
import type { Folder, Member } from "./member.ts";
import { consensusOf, nodeIdOfName } from "./names.ts";

type Append = Extract<CftMessage, { kind: "append" }>;
type Says = { readonly prepared?: BlockPlace; readonly committed?: BlockPlace };

/**
 * One real node, `a`, in a network whose other nodes are pens: the test says what each of them signs. Under BFT, where nothing else is
 * said, the leader of term t is the producer at t modulo their number.
 */
export class Puppets {
  readonly cluster: Cluster;
  readonly genesis: SealedBlock;
  /** Who produces now, in the order in which they lead. */
  names: readonly string[];
  algorithm: Consensus["algorithm"];
  /** The number of the block that began to introduce them. */
  epoch = 1;
  readonly #pens = new Map<string, Pen>();
  readonly #sent: ConsensusMessage[] = [];

  constructor(
    names: readonly string[] = ["a", "b", "c", "d"],
    config: Partial<ConsensusConfig> = {},
    algorithm: Consensus["algorithm"] = "bft",
  ) {
    this.names = names;
    this.algorithm = algorithm;
    this.cluster = new Cluster({
      producers: names,
      algorithm,
      config,
      onSend: ({ name }, { message }) => {
        if (name === "a") this.#sent.push(message);
        return true;
      },
    });
    this.genesis = this.cluster.genesis;
    for (const name of names) this.#holdPen(name);
    this.cluster.pass("a", 1);
    this.sent();
  }

  /** Somebody who does not produce yet. */
  add(...names: readonly string[]): void {
    for (const name of names) {
      this.cluster.add(name);
      this.#holdPen(name);
    }
  }

  #holdPen(name: string): void {
    this.#pens.set(name, new Pen(this.genesis.id, nodeIdOfName(name)));
    if (name !== "a") this.cluster.crash(name);
  }

  get a(): Member {
    return this.cluster.member("a");
  }

  pen(name: string): Pen {
    return this.#pens.get(name) ?? assert.fail(`nobody is called ${name}`);
  }

  /** What `a` has sent since this was last asked, to whomever. */
  sent(): readonly ConsensusMessage[] {
    this.cluster.drop("a");
    return this.#sent.splice(0);
  }

  votes(): readonly SignedVote[] {
    return this.sent().flatMap((message) =>
      message.kind === "vote" || message.kind === "proposal" ? [message.vote] : [],
    );
  }

  effects(): readonly ConsensusEffect[] {
    return this.a.takeEffects();
  }

  /** `from` says something to `a`. */
  tell(from: string, message: ConsensusMessage): void {
    this.cluster.deliver(from, { to: "a", message });
  }

  block(
    parent: SealedBlock,
    term: number,
    changed: Partial<HeaderDraft> = {},
    transactions: readonly Uint8Array[] = [],
  ): SealedBlock {
    const leader = this.names[term % this.names.length] ?? "";
    const { header } = parent;
    return sealBlock(
      {
        previous: parent.id,
        blockNum: blockNumOf(header.blockNum + 1),
        time: header.time + 1,
        producer: brandAccountName(`node-${leader}`),
        term: termOf(term),
        commitNum: blockNumOf(1),
        consensusState: consensusStateOf({ current: consensusOf(this.names, this.algorithm) }),
        executedNum: blockNumOf(1),
        stateRoot: zeroChecksum,
        eventRoot: zeroChecksum,
        ...changed,
      },
      transactions,
    );
  }

  vote(name: string, term: number, { prepared, committed }: Says): SignedVote {
    return this.pen(name).vote({
      epoch: blockNumOf(this.epoch),
      term: termOf(term),
      prepared: prepared ?? noPlace,
      committed: committed ?? noPlace,
    });
  }

  /** `names` prepared, or committed, the block in this term. */
  certificate(
    kind: "prepared" | "committed",
    block: SealedBlock,
    term: number,
    names: readonly string[] = ["b", "c", "d"],
  ): Certificate {
    const place = placeOfBlock(block);
    const says = { prepared: place, committed: place };
    return certificateFor(
      kind,
      place,
      names.map((name) => this.vote(name, term, says)),
    );
  }

  /** Without a certificate it names the genesis block. */
  view(name: string, term: number, best?: Certificate): SignedViewChange {
    return this.pen(name).view({
      epoch: blockNumOf(this.epoch),
      term: termOf(term),
      bestEpoch: blockNumOf(best?.epoch ?? 0),
      bestTerm: termOf(best?.term ?? 0),
      best: best === undefined ? placeOfBlock(this.genesis) : { num: best.num, id: best.id },
    });
  }

  /** The leader's own view change first. */
  newView(
    certificate: Certificate | undefined,
    views: readonly SignedViewChange[],
  ): { readonly kind: "new-view" } & NewView {
    return { kind: "new-view", views, ...(certificate === undefined ? {} : { certificate }) };
  }

  /** The term begins behind the genesis block, as three others say. */
  begin(term: number): void {
    const leader = this.names[term % this.names.length] ?? "";
    const others = this.names.filter((name) => name !== leader && name !== "a");
    const views = [leader, ...others].slice(0, 3).map((name) => this.view(name, term));
    this.tell(leader, this.newView(undefined, views));
  }

  /** The leader of the blocks' term proposes them. */
  proposal(parent: SealedBlock, ...blocks: readonly SealedBlock[]): BftMessage {
    const tip = blocks.at(-1) ?? assert.fail("a proposal has blocks");
    const { term } = tip.header;
    const leader = this.names[term % this.names.length] ?? "";
    return {
      kind: "proposal",
      previous: placeOfBlock(parent),
      blocks,
      vote: this.vote(leader, term, { prepared: placeOfBlock(tip) }),
      commitNum: blockNumOf(1),
    };
  }

  /** Under CFT, by whoever leads this term. */
  append(
    term: number,
    previous: SealedBlock,
    blocks: readonly SealedBlock[],
    more: Partial<Append> = {},
  ): Append {
    const { num: previousNum, id: previousId } = placeOfBlock(previous);
    const place = { term: termOf(term), previousNum, previousId };
    return { kind: "append", ...place, blocks, commitNum: blockNumOf(1), round: 1, ...more };
  }

  /** It leads this term, where it says, and has made no block: this is where its log ends. */
  proposalOf(name: string, term: number, tip: SealedBlock): BftMessage {
    const previous = placeOfBlock(tip);
    const vote = this.vote(name, term, { prepared: previous });
    return { kind: "proposal", previous, blocks: [], vote, commitNum: blockNumOf(1) };
  }

  says(name: string, term: number, says: Says): void {
    this.tell(name, { kind: "vote", vote: this.vote(name, term, says), commitNum: blockNumOf(1) });
  }

  /** From the block that a quorum prepared in an earlier term, as three others say. */
  beginBehind(term: number, certificate: Certificate): void {
    const leader = this.names[term % this.names.length] ?? "";
    const others = this.names.filter((name) => name !== leader && name !== "a");
    const views = [leader, ...others].slice(0, 3).map((name) => this.view(name, term, certificate));
    this.tell(leader, this.newView(certificate, views));
  }

  /** The leader of the term makes a block, and everybody commits it. */
  makeFinal(parent: SealedBlock, term: number): SealedBlock {
    const block = this.block(parent, term);
    const leader = this.names[term % this.names.length] ?? "";
    this.tell(leader, this.proposal(parent, block));
    const place = placeOfBlock(block);
    for (const name of this.names.filter((each) => each !== "a")) {
      this.says(name, term, { prepared: place, committed: place });
    }
    assert.equal(this.a.state.commitNum, block.header.blockNum);
    return block;
  }

  /** `a` is started in an older copy of its folder, and nothing but others' words shows that. */
  restore(folder: Folder, noticed = false): void {
    this.cluster.restore("a", folder, noticed);
    this.sent();
  }

  restart(): void {
    this.cluster.crash("a");
    this.cluster.restart("a");
    this.sent();
  }
}
