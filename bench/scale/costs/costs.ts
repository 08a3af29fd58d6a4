import type { ConsensusMessage } from "@kith/protocol/node-message";

/** Microseconds of one core. */
export type Micros = number;

/** What takes time by its size. */
export type Linear = { readonly base: Micros; readonly perKb: Micros };

export type MessageKind = ConsensusMessage["kind"];

/** What a node's core pays for; measured by `measure-costs.ts` with the product's own functions. */
export type Costs = {
  readonly sign: Micros;
  readonly verify: Micros;
  /** A transaction's proof on the runtime's threads, and decoding it before. */
  readonly transactionVerify: Micros;
  readonly transactionPrepare: Micros;
  /** A transfer of tokens. */
  readonly execute: Micros;
  /** Bytes to value and back, by kind of message. */
  readonly encode: (kind: MessageKind) => Linear;
  readonly decode: (kind: MessageKind) => Linear;
  /** Sealing a message and handing it to its socket; taking it from there and opening it. */
  readonly linkSend: Linear;
  readonly linkReceive: Linear;
  /** Making a block of transactions: Merkle root, id, packed bytes. */
  readonly seal: Linear;
  /** Handing one write to the log, and its answer. */
  readonly persist: Linear;
};

/** What reaches the core. */
export type StepInput = MessageKind | "durable" | "tick" | "propose" | "executed";

/**
 * What the core's own step takes, with so many producers. Most steps only count a vote; those that make it say or write something
 * take longer.
 */
export type StepCosts = (input: StepInput, spoke: boolean) => Micros;

export function micros({ base, perKb }: Linear, sizeBytes: number): Micros {
  return base + (perKb * sizeBytes) / 1024;
}

const oneSize = (base: Micros, perKb: Micros): Linear => ({ base, perKb });

/** Round figures of a virtual server of 2024, for tests and first looks: the report measures its own. */
export const roundCosts: Costs = {
  sign: 20,
  verify: 65,
  transactionVerify: 65,
  transactionPrepare: 10,
  execute: 110,
  encode: () => oneSize(5, 1),
  decode: () => oneSize(8, 4),
  linkSend: oneSize(6, 2),
  linkReceive: oneSize(6, 2),
  seal: oneSize(20, 5),
  persist: oneSize(60, 2),
};

export const roundStepCosts: StepCosts = () => 10;
