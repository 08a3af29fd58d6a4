import { openChain } from "@kith/chain/chain";
import type { ServiceMachine } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import { fromHex } from "@kith/protocol/hashes";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";
import { prepareTransaction } from "@kith/protocol/transactions";
import { memoryState } from "@kith/store/memory-state";

import { checkTransactions } from "../verdicts.ts";
import { factsOf, type BlockFacts } from "./facts.ts";
import type { RecordedBlock } from "./recording.ts";

/** Where two engines disagree about a block. */
export type Difference = {
  readonly blockNum: number;
  /** Left out where it cannot be told which of the block's transactions it was. */
  readonly transaction?: { readonly index: number; readonly id: string };
  /** As in `alice: tokens.credit`. Those of the transaction, or of the block. */
  readonly actions: readonly string[];
  /** `receipt`, `state root` and so on. */
  readonly what: string;
  readonly first: string;
  readonly second: string;
};

export type Replayed = {
  readonly blocks: number;
  readonly transactions: number;
  /** The first, behind which nothing can be compared any more. */
  readonly difference?: Difference;
};

/** Runs recorded blocks on a chain of its own, over another kind of state, and compares what comes of each. */
export function replay(blocks: Iterable<RecordedBlock>, machine: ServiceMachine): Replayed {
  const chain = openChain({ state: memoryState(), machine });
  let count = 0;
  let transactions = 0;
  for (const { block, facts } of blocks) {
    const checked = checkTransactions(chain, block);
    const found = factsOf(chain.applyBlock(block, checked.transactions, checked.verdicts));
    count++;
    transactions += block.transactions.length;
    const difference = differenceOf(block, facts, found);
    if (difference !== undefined) return { blocks: count, transactions, difference };
  }
  return { blocks: count, transactions };
}

function differenceOf(
  block: SealedBlock,
  first: BlockFacts,
  second: BlockFacts,
): Difference | undefined {
  return (
    receiptDifference(block, first, second) ??
    rootDifference(block, "event root", first.eventRoot, second.eventRoot) ??
    rowDifference(block, first, second) ??
    rootDifference(block, "state root", first.stateRoot, second.stateRoot)
  );
}

function receiptDifference(
  block: SealedBlock,
  first: BlockFacts,
  second: BlockFacts,
): Difference | undefined {
  const count = Math.max(first.receipts.length, second.receipts.length);
  for (let at = 0; at < count; at++) {
    const [a, b] = [first.receipts[at], second.receipts[at]];
    if (a === b) continue;
    const receipts = [receiptOf(a), receiptOf(b)] as const;
    const index = receipts[0]?.index ?? receipts[1]?.index;
    const id = receipts[0]?.transactionId ?? receipts[1]?.transactionId ?? "";
    return {
      blockNum: block.header.blockNum,
      ...(index === undefined ? {} : { transaction: { index, id } }),
      actions: actionsOf(block, index),
      what: "receipt",
      first: receiptText(receipts[0]),
      second: receiptText(receipts[1]),
    };
  }
  return undefined;
}

function rowDifference(
  block: SealedBlock,
  first: BlockFacts,
  second: BlockFacts,
): Difference | undefined {
  for (const row of new Set([...Object.keys(first.rows), ...Object.keys(second.rows)])) {
    const [a, b] = [first.rows[row], second.rows[row]];
    if (a === b) continue;
    return ofBlock(block, `row ${row}`, a ?? "not written", b ?? "not written");
  }
  return undefined;
}

function rootDifference(
  block: SealedBlock,
  what: string,
  first: string,
  second: string,
): Difference | undefined {
  return first === second ? undefined : ofBlock(block, what, first, second);
}

/** Of a block with one transaction it is known which one it was. */
function ofBlock(block: SealedBlock, what: string, first: string, second: string): Difference {
  const [only, ...others] = block.transactions;
  const prepared = only === undefined || others.length > 0 ? undefined : prepareTransaction(only);
  const id = prepared?.ok === true ? prepared.value.id : undefined;
  const { blockNum } = block.header;
  const transaction = id === undefined ? {} : { transaction: { index: 0, id } };
  return { blockNum, ...transaction, actions: actionsOf(block, undefined), what, first, second };
}

function actionsOf({ transactions }: SealedBlock, index: number | undefined): readonly string[] {
  const wanted = index === undefined ? transactions : transactions.slice(index, index + 1);
  return wanted.slice(0, transactionsShown).flatMap((bytes) => {
    const prepared = prepareTransaction(bytes);
    if (!prepared.ok) return ["bytes that are no transaction"];
    return prepared.value.transaction.actions
      .slice(0, actionsShown)
      .map(({ sender, service, method }) => `${sender}: ${service}.${method}`);
  });
}

const transactionsShown = 20;
const actionsShown = 20;

function receiptOf(hex: string | undefined): Receipt | undefined {
  const packed = hex === undefined ? undefined : fromHex(hex);
  const receipt = packed?.ok === true ? receiptCodec.unpack(packed.value) : undefined;
  return receipt?.ok === true ? receipt.value : undefined;
}

function receiptText(receipt: Receipt | undefined): string {
  if (receipt === undefined) return "none";
  const { failure, results } = receipt;
  if (failure === undefined) {
    return `done, results ${results.map((each) => Buffer.from(each).toString("hex")).join(" ")}`;
  }
  const { code, message, actionIndex } = failure;
  return `failed in action ${actionIndex ?? "none"}: ${code}: ${message}`;
}
