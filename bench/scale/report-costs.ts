import { quorumSize } from "@kith/protocol/certificate";

import type { Costs, Linear, StepCosts } from "./costs/costs.ts";
import type { MessageSizes } from "./costs/message-sizes.ts";
import { certificateBytes } from "./network/forms.ts";
import { thousands } from "./tables.ts";

type Row = readonly string[];

/** By how many produce, where that makes a difference. */
export function sizeRows(sizes: MessageSizes, producers: readonly number[]): readonly Row[] {
  const same = (name: string, bytes: number): Row => [
    name,
    ...producers.map(() => thousands(bytes)),
  ];
  const byQuorum = (name: string, bytes: (quorum: number, count: number) => number): Row => [
    name,
    ...producers.map((count) => thousands(bytes(quorumSize("bft", count), count))),
  ];
  return [
    same("BFT: proposal of an empty block, without what it makes of transactions", sizes.proposal),
    same("vote", sizes.vote),
    same("CFT: append of an empty block", sizes.append),
    same("confirm", sizes.confirm),
    same("a transaction in its block", sizes.transaction),
    byQuorum(
      "view change, with its certificate",
      (quorum) => sizes.viewChange + sizes.certificate(quorum),
    ),
    byQuorum("certificate of a quorum", sizes.certificate),
    byQuorum("the same, compact", (quorum, count) => certificateBytes("compact", count, quorum)),
    byQuorum("the same, aggregated", (quorum, count) =>
      certificateBytes("aggregated", count, quorum),
    ),
    byQuorum("new view", sizes.newView),
  ];
}

export function costRows(costs: Costs, steps: StepCosts): readonly Row[] {
  return [
    once("signing a vote (Ed25519)", costs.sign),
    once("checking a vote", costs.verify),
    once("checking a transaction's signature, on a thread", costs.transactionVerify),
    once("decoding a transaction", costs.transactionPrepare),
    once("executing a transfer of tokens", costs.execute),
    line("making a block", costs.seal),
    line("encoding a proposal", costs.encode("proposal")),
    line("decoding a proposal, with ids and Merkle root", costs.decode("proposal")),
    once("encoding a vote", costs.encode("vote").base),
    once("decoding a vote", costs.decode("vote").base),
    line("sending on an encrypted link, or receiving from it", costs.linkSend),
    line("a write of the log, beside the disk", costs.persist),
    once("the core's step for a vote", steps("vote", false)),
    once("the same when it says or writes something", steps("vote", true)),
    once("the core's step for a proposal", steps("proposal", true)),
  ];
}

function once(name: string, micros: number): Row {
  return [name, micros.toFixed(1), ""];
}

function line(name: string, { base, perKb }: Linear): Row {
  return [name, base.toFixed(1), perKb.toFixed(2)];
}
