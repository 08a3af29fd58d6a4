import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

import { evidenceCodec, evidenceHolds, type Evidence } from "@kith/protocol/evidence";
import { list, object, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { BlockId, NodeId } from "@kith/protocol/ids";
import { isSignedByNode } from "@kith/protocol/vote";
import { writeWhole } from "@kith/store/write-whole";

import { dataFiles } from "./data-folder.ts";

/** A proof that a producer lied, and when this node found it: microseconds since the Unix epoch. */
export type FoundEvidence = { readonly evidence: Evidence; readonly foundMicros: number };

/** One is enough to show that a node lies; a few show whether it goes on. */
const evidenceOfNodeMax = 2;
const evidenceMax = 128;

const fileCodec: Codec<readonly FoundEvidence[]> = list(
  object({ evidence: evidenceCodec, foundMicros: u64Number }),
  evidenceMax,
);

type EvidenceParts = {
  readonly folder: string;
  /** The genesis block's id. */
  readonly chain: BlockId;
  readonly say: (text: string) => void;
};

/** What this node has found of others, kept in its folder. Each proves itself, so that what stands there need not be believed. */
export class EvidenceFile {
  readonly #path: string;
  readonly #chain: BlockId;
  #kept: readonly FoundEvidence[];

  constructor({ folder, chain, say }: EvidenceParts) {
    this.#path = join(folder, dataFiles.evidence);
    this.#chain = chain;
    const read = this.#read();
    if (read === undefined) {
      const aside = `${this.#path}.damaged`;
      renameSync(this.#path, aside);
      say(`the evidence of this node is damaged and moved to ${aside}; a new file begins`);
    }
    this.#kept = (read ?? []).filter(({ evidence }) => this.#holds(evidence));
  }

  /** Oldest first. */
  all(): readonly FoundEvidence[] {
    return this.#kept;
  }

  /** True when it is new, holds, and is kept. */
  add(evidence: Evidence, foundMicros: number): boolean {
    const { node, term } = evidence.first;
    const ofNode = this.#kept.filter((each) => each.evidence.first.node === node);
    const isKnown = ofNode.some((each) => each.evidence.first.term === term);
    if (isKnown || ofNode.length >= evidenceOfNodeMax || this.#kept.length >= evidenceMax) {
      return false;
    }
    if (!this.#holds(evidence)) return false;
    this.#kept = [...this.#kept, { evidence, foundMicros }];
    writeWhole(this.#path, fileCodec.pack(this.#kept));
    return true;
  }

  #holds(evidence: Evidence): boolean {
    return evidenceHolds(this.#chain, evidence, isSignedByNode);
  }

  /** Undefined when there is something else than was written. */
  #read(): readonly FoundEvidence[] | undefined {
    if (!existsSync(this.#path)) return [];
    const unpacked = fileCodec.unpack(new Uint8Array(readFileSync(this.#path)));
    return unpacked.ok ? unpacked.value : undefined;
  }
}

/** For the people who run this node. */
export function describeEvidence(
  { first, second }: Evidence,
  name: (node: NodeId) => string,
): string {
  const heights =
    first.prepared.num === second.prepared.num
      ? `two blocks of height ${first.prepared.num}`
      : `blocks of heights ${first.prepared.num} and ${second.prepared.num} on different branches`;
  return `${name(first.node)} has signed votes for ${heights} in term ${first.term}: it lies, or two nodes run with its key`;
}
