import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, checksumOf, type NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { BlockPlace, SignedViewChange } from "@kith/protocol/vote";

import { blocksIn } from "../bft/statements.ts";
import type { Dice } from "../dice.ts";
import { placeOfBlock } from "../forgery.ts";
import type { Marks } from "../marks.ts";
import { allSides, Splits } from "./split.ts";
import { drawMood, forkingMood, type Mood } from "./vices.ts";

export type PlotParts = {
  readonly dice: Dice;
  readonly marks: Marks;
  readonly genesis: SealedBlock;
  readonly nodes: readonly NodeId[];
  readonly liars: ReadonlySet<string>;
  /** There may be so many liars that they can fork the chain, and they try nothing else. */
  readonly mayFork: boolean;
};

/** How many things of a kind liars remember. */
const memoryMax = 64;

/** How the second story differs from the first: mostly in nothing that could be wrong with it. */
const flavours = ["time", "time", "time", "empty", "root", "ahead", "change", "final"] as const;

/** What all liars of a network have agreed upon, and what they have heard: they lie together. */
export class Plot {
  readonly genesis: SealedBlock;
  readonly splits: Splits;
  readonly marks: Marks;
  mood: Mood;
  readonly #dice: Dice;
  readonly #honest: readonly string[];
  readonly #mayFork: boolean;
  readonly #variants = new Map<string, SealedBlock>();
  readonly #blocks = new Map<string, SealedBlock>();
  readonly #certificates: Certificate[] = [];
  readonly #views: SignedViewChange[] = [];
  readonly #messages: ConsensusMessage[] = [];

  constructor({ dice, marks, genesis, nodes, liars, mayFork }: PlotParts) {
    this.#dice = dice;
    this.marks = marks;
    this.genesis = genesis;
    this.#honest = nodes.filter((node) => !liars.has(node));
    this.#mayFork = mayFork;
    this.splits = new Splits(this.#honest, dice, mayFork ? ["left", "right"] : allSides);
    this.mood = mayFork ? forkingMood : drawMood(dice, this.#honest);
  }

  /** A liar does what the others do, or something else. */
  nextMood(): Mood {
    this.splits.next();
    if (this.#mayFork) return forkingMood;
    const mood = drawMood(this.#dice, this.#honest);
    if (this.#dice.chance(0.5)) this.mood = mood;
    return this.#dice.chance(0.5) ? this.mood : mood;
  }

  hear(message: ConsensusMessage): void {
    for (const block of blocksIn(message)) {
      this.#blocks.set(block.id, block);
      forgetOldest(this.#blocks);
    }
    if ("certificate" in message && message.certificate !== undefined) {
      this.#keep(this.#certificates, message.certificate);
    }
    if (message.kind === "view-change") this.#keep(this.#views, message.view);
    if (message.kind === "new-view") {
      for (const view of message.views) this.#keep(this.#views, view);
    }
    this.#keep(this.#messages, message);
  }

  /** The other block for the same place, when there is one: always the same, so that votes for it add up. */
  variant(block: SealedBlock): SealedBlock {
    const known = this.#variants.get(block.id);
    if (known !== undefined) return known;
    const made = this.#vary(block);
    this.#variants.set(block.id, made);
    forgetOldest(this.#variants);
    return made;
  }

  variantPlace(place: BlockPlace): BlockPlace | undefined {
    const known = this.#variants.get(place.id);
    if (known !== undefined) return placeOfBlock(known);
    const block = this.#blocks.get(place.id);
    return block && placeOfBlock(this.variant(block));
  }

  /** Only where the story forked already. */
  mapped(place: BlockPlace): BlockPlace {
    const known = this.#variants.get(place.id);
    return known === undefined ? place : placeOfBlock(known);
  }

  certificate(): Certificate | undefined {
    return this.#any(this.#certificates);
  }

  block(): SealedBlock {
    return this.#any([...this.#blocks.values()]) ?? this.genesis;
  }

  message(): ConsensusMessage | undefined {
    return this.#any(this.#messages);
  }

  /** What others said of this term; `undefined`: of any. */
  views(term?: number): readonly SignedViewChange[] {
    return this.#views.filter((view) => term === undefined || view.term === term);
  }

  #vary({ header, transactions }: SealedBlock): SealedBlock {
    const { trxMerkleRoot: _, ...draft } = header;
    const previous = this.#variants.get(header.previous)?.id ?? header.previous;
    const other = { ...draft, previous, time: header.time + 1 };
    const nonsense = checksumOf("7".repeat(64));
    switch (this.#mayFork ? "time" : this.#dice.pick(flavours)) {
      case "time":
        return sealBlock(other, transactions);
      case "empty":
        return sealBlock(other, []);
      case "root":
        return sealBlock({ ...other, stateRoot: nonsense }, transactions);
      case "ahead": {
        const executedNum = blockNumOf(header.executedNum + 1);
        return sealBlock({ ...other, executedNum, stateRoot: nonsense }, transactions);
      }
      case "change": {
        const producers = this.genesis.header.newConsensus?.producers.slice(0, 1) ?? [];
        const newConsensus = { algorithm: "bft", producers } as const;
        return sealBlock({ ...other, newConsensus }, transactions);
      }
      case "final":
        return sealBlock({ ...other, commitNum: blockNumOf(header.commitNum + 1) }, transactions);
    }
  }

  #any<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : this.#dice.pick(items);
  }

  #keep<T>(items: T[], item: T): void {
    if (items.length < memoryMax) items.push(item);
    else items[this.#dice.below(memoryMax)] = item;
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= memoryMax) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
