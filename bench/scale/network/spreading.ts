import { quorumSize } from "@kith/protocol/certificate";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import { micros, type Linear } from "../costs/costs.ts";
import type { Lines } from "./lines.ts";
import type { ScaleNode } from "./scale-node.ts";
import type { Setting } from "./setting.ts";

type SpreaderPorts = {
  readonly setting: Setting;
  readonly linkSend: Linear;
  readonly lines: Lines;
  readonly node: (index: number) => ScaleNode;
  readonly deliver: (parcel: Parcel, to: number) => void;
};

/** A message on its way to several nodes. */
export type Parcel = {
  readonly from: number;
  readonly message: ConsensusMessage;
  readonly sizeBytes: number;
};

type Round = {
  /** Whom the sender wants to hear it. */
  readonly wanted: Set<number>;
  /** How many parts of it each node has. */
  readonly parts: Map<number, number>;
};

export const treeFanOut = 4;
/** A part shows that it is of this block: a hash for each level of a tree of all parts, and the leader's signature of its root. */
const hashBytes = 32;
const signatureBytes = 64;

/** Brings messages over lines; proposals by the way that the setting names, and everything else directly. */
export class Spreader {
  readonly #ports: SpreaderPorts;
  readonly #rounds = new WeakMap<ConsensusMessage, Round>();

  constructor(ports: SpreaderPorts) {
    this.#ports = ports;
  }

  /** All receivers of one message are named in one job of the sender, before the first of them hears it. */
  send(parcel: Parcel, to: number): void {
    const { spreading } = this.#ports.setting;
    const isSpread = spreading === "tree" || spreading === "coded";
    if (!isSpread || parcel.message.kind !== "proposal") return this.#direct(parcel, to);
    const round = this.#roundOf(parcel.message);
    round.wanted.add(to);
    if (spreading === "coded") this.#sendPart(parcel, round, { from: parcel.from, to, owner: to });
    else if (this.#childrenOf(parcel.from, parcel.from).includes(to)) {
      this.#sendDown(parcel, parcel.from, to);
    }
  }

  #direct(parcel: Parcel, to: number): void {
    const { lines, deliver } = this.#ports;
    lines.send(parcel.from, to, parcel.sizeBytes, () => deliver(parcel, to));
  }

  #roundOf(message: ConsensusMessage): Round {
    const known = this.#rounds.get(message);
    if (known !== undefined) return known;
    const round: Round = { wanted: new Set(), parts: new Map() };
    this.#rounds.set(message, round);
    return round;
  }

  #sendDown(parcel: Parcel, by: number, to: number): void {
    const { lines, deliver } = this.#ports;
    const { wanted } = this.#roundOf(parcel.message);
    lines.send(by, to, parcel.sizeBytes, () => {
      const below = this.#childrenOf(parcel.from, to).filter((child) => wanted.has(child));
      this.#passOn(to, below.length, parcel.sizeBytes, () => {
        for (const child of below) this.#sendDown(parcel, to, child);
      });
      deliver(parcel, to);
    });
  }

  /** Nodes in their order, from the root on, fill the tree level by level. */
  #childrenOf(root: number, node: number): readonly number[] {
    const { producers } = this.#ports.setting;
    const place = (node - root + producers) % producers;
    const first = treeFanOut * place + 1;
    return Array.from({ length: treeFanOut }, (_, at) => first + at)
      .filter((child) => child < producers)
      .map((child) => (child + root) % producers);
  }

  /** The part of `owner`, who passes it on to all others that shall hear it. */
  #sendPart(
    parcel: Parcel,
    round: Round,
    { from, to, owner }: { readonly from: number; readonly to: number; readonly owner: number },
  ): void {
    const { setting, lines, deliver } = this.#ports;
    const { producers } = setting;
    const partsNeeded = producers - quorumSize("bft", producers) + 1;
    const proofBytes = hashBytes * Math.ceil(Math.log2(producers)) + signatureBytes;
    const partBytes = Math.ceil(parcel.sizeBytes / partsNeeded) + proofBytes;
    lines.send(from, to, partBytes, () => {
      const parts = (round.parts.get(to) ?? 0) + 1;
      round.parts.set(to, parts);
      if (to === owner) {
        const others = [...round.wanted].filter((other) => other !== owner);
        this.#passOn(to, others.length, partBytes, () => {
          for (const other of others) {
            this.#sendPart(parcel, round, { from: owner, to: other, owner });
          }
        });
      }
      if (parts === partsNeeded) deliver(parcel, to);
    });
  }

  #passOn(by: number, copies: number, sizeBytes: number, send: () => void): void {
    if (copies === 0) return;
    const { node, linkSend } = this.#ports;
    node(by).passOn(copies * micros(linkSend, sizeBytes), send);
  }
}
