import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { toHex } from "@kith/protocol/hashes";
import {
  checksumOf,
  type AccountName,
  type Checksum,
  type TransactionId,
} from "@kith/protocol/ids";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";
import { CallSession } from "@kith/protocol/service-abi";
import type { Action } from "@kith/protocol/transaction";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { checkExpiration } from "./admission.ts";
import { rememberConsensus } from "./consensus-facts.ts";
import { unprovedClaim } from "./custom-claims.ts";
import { declareTables } from "./declare-tables.ts";
import { BrokenInvariant, type TransactionError } from "./errors.ts";
import { recordEvents, type BlockEvent, type EventTreeGrowth } from "./event-root.ts";
import { executeTransaction, refusedReceipt } from "./execute-transaction.ts";
import { pruneExecuted, recordExecuted, type ExecutedId } from "./executed-ids.ts";
import type { Authorizing, BlockContext, EmittedEvent } from "./execution.ts";
import { checkHeader } from "./header-check.ts";
import { serviceOfCode } from "./installed-code.ts";
import { blocksBetweenPrunes, sessionPagesMax } from "./limits.ts";
import { Overlay } from "./overlay.ts";
import type { Applied, ChangedRow, ServiceMachine, StateStore, StoredReceipt } from "./ports.ts";
import { secondOf, type Quotas } from "./quota/quotas.ts";
import { pruneUsage, recordUsage } from "./quota/usage-rows.ts";
import { referencedBlock, rememberBlock } from "./reference-blocks.ts";
import type { RowChange, StateTree } from "./state-tree.ts";
import type { StoredRows } from "./stored-rows.ts";
import { touchedBy, type Touched } from "./touched.ts";
import { isPrimary, treeChange } from "./tree-change.ts";

/** A block's transactions as decoded, and whether all proofs of each hold. `undefined` is not a transaction. */
export type BlockInput = {
  readonly block: SealedBlock;
  readonly transactions: readonly (PreparedTransaction | undefined)[];
  readonly verdicts: readonly boolean[];
};

export type BlockResult = {
  readonly applied: Applied;
  /** In the order of the block; a transaction that was executed before, and bytes that are none, have no receipt. */
  readonly receipts: readonly Receipt[];
  /** What the transactions that ran took. */
  readonly work: readonly ActionFuel[];
  /** In the order in which they were emitted. */
  readonly events: readonly BlockEvent[];
  readonly eventTree: EventTreeGrowth;
  readonly touched: Touched;
  /** Every row that the block changed, once, for those who follow the state without the store. */
  readonly changes: () => Iterable<ChangedRow>;
  readonly changedRows: number;
  /** The consensus that this block put in force. */
  readonly newConsensus?: Consensus;
};

/** Units of work that a transaction took on this node, and its first action. */
export type ActionFuel = { readonly first: Action; readonly fuel: number };

export type ChainParts = {
  readonly state: StateStore;
  readonly machine: ServiceMachine;
  readonly stored: StoredRows;
  readonly tree: StateTree;
  readonly authorizations: Authorizing;
  readonly quotas: Quotas;
};

/** Executes the next final block: everything it changes is in the store when this returns, or nothing is. */
export function applyBlock(parts: ChainParts, input: BlockInput): BlockResult {
  const { header, id } = input.block;
  const before = parts.state.applied();
  checkHeader(parts.state, input.block, before);
  const rows = new Overlay(parts.stored);
  const { machine, authorizations } = parts;
  const num = header.blockNum;
  const session = new CallSession();
  const quota = num === 1 ? undefined : parts.quotas.open(header.time);
  const block = {
    machine,
    num,
    time: header.time,
    rows,
    authorizations,
    session,
    ...(quota === undefined ? {} : { quota }),
  };
  const run = runTransactions(parts.state, block, input);
  session.close();
  rememberBlock(rows, header.blockNum, id);
  rememberConsensus(rows, header);
  recordExecuted(rows, header.blockNum, run.executed);
  const second = secondOf(header.time);
  pruneExecuted(rows, header.blockNum, second);
  if (quota !== undefined) recordUsage(rows, { num, second }, quota.used);
  pruneUsage(rows, num, second);
  const { events, growth, eventRoot } = recordEvents(rows, num, run.emitted);
  const applied = writeBlock(parts, { input, rows, run, eventRoot });
  if (quota !== undefined) parts.quotas.commit(quota, header.time);
  return {
    applied,
    receipts: run.receipts,
    work: run.work,
    events,
    eventTree: growth,
    touched: touchedBy(rows, parts.machine),
    changes: () => changesIn(rows),
    changedRows: rows.size,
    ...(header.newConsensus === undefined ? {} : { newConsensus: header.newConsensus }),
  };
}

function* changesIn(rows: Overlay): Generator<ChangedRow> {
  for (const { place, row } of rows.changes()) yield { address: place.address, row };
}

type Run = {
  readonly receipts: readonly Receipt[];
  readonly work: readonly ActionFuel[];
  readonly stored: readonly { readonly receipt: Receipt; readonly expiration: number }[];
  readonly executed: readonly ExecutedId[];
  readonly emitted: readonly Emitted[];
};

/** The events of one transaction. */
type Emitted = { readonly id: TransactionId; readonly events: readonly EmittedEvent[] };

function runTransactions(state: StateStore, block: BlockContext, input: BlockInput): Run {
  const receipts: Receipt[] = [];
  const work: ActionFuel[] = [];
  const stored: { receipt: Receipt; expiration: number }[] = [];
  const executed: ExecutedId[] = [];
  const emitted: Emitted[] = [];
  const inThisBlock = new Set<string>();
  for (const [index, prepared] of input.transactions.entries()) {
    if (prepared === undefined || inThisBlock.has(prepared.id)) continue;
    if (state.getReceipt(prepared.id) !== undefined) continue;
    const refused = block.num === 1 ? undefined : refusal(block, prepared, input.verdicts[index]);
    if (refused !== undefined) {
      receipts.push(refusedReceipt(block, prepared, index, refused));
      continue;
    }
    const { expiration } = prepared.transaction.tapos;
    const done = executeTransaction(block, prepared, index);
    // Whoever is next would pay for all memory that those before have taken; on every node at the same place.
    if ((block.session?.pages ?? 0) > sessionPagesMax) block.session?.close();
    if (done.isRefused === true) {
      receipts.push(done.receipt);
      continue;
    }
    if (block.num === 1) requireSuccess(done.receipt);
    inThisBlock.add(prepared.id);
    executed.push({ id: prepared.id, expiration });
    receipts.push(done.receipt);
    const [first] = prepared.transaction.actions;
    if (first !== undefined) work.push({ first, fuel: done.workFuel });
    stored.push({ receipt: done.receipt, expiration });
    block.eventsBefore = (block.eventsBefore ?? 0) + done.events.length;
    if (done.events.length > 0) emitted.push({ id: prepared.id, events: done.events });
  }
  return { receipts, work, stored, executed, emitted };
}

function requireSuccess({ failure }: Receipt): void {
  if (failure === undefined) return;
  const { code, message, actionIndex = 0 } = failure;
  throw new BrokenInvariant(`genesis: action ${actionIndex} failed, ${code}: ${message}`);
}

/**
 * What keeps a transaction from running at all. Its id is not used up, because the proofs are not part of the id:
 * somebody else may have spoilt them.
 */
function refusal(
  block: BlockContext,
  prepared: PreparedTransaction,
  proved: boolean | undefined,
): TransactionError | undefined {
  const { refBlockIndex } = prepared.transaction.tapos;
  const untimely = checkExpiration(prepared, block.time);
  if (untimely !== undefined) return untimely;
  const refBlockId = referencedBlock(block.rows, refBlockIndex, block.num);
  if (refBlockId === undefined) return { code: "reference-block-unknown", refBlockIndex };
  return proved === true ? unprovedClaim(block, prepared, refBlockId) : { code: "proof-invalid" };
}

function writeBlock(
  { state, stored, tree, machine, quotas }: ChainParts,
  block: {
    readonly input: BlockInput;
    readonly rows: Overlay;
    readonly run: Run;
    readonly eventRoot: Checksum;
  },
): Applied {
  const { header, id } = block.input.block;
  state.begin();
  try {
    const changes: RowChange[] = [];
    const reinstalled: AccountName[] = [];
    for (const change of block.rows.changes()) {
      stored.write(change);
      if (isPrimary(change)) changes.push(treeChange(change));
      const service = serviceOfCode(change.place.address);
      if (service !== undefined) reinstalled.push(service);
    }
    for (const service of reinstalled) {
      declareTables({ state, machine, rows: block.rows }, service);
    }
    const stateRoot = checksumOf(toHex(tree.update(changes)));
    for (const { receipt, expiration } of block.run.stored) {
      state.putReceipt(receipt.transactionId, storedReceipt(receipt, expiration));
    }
    if (header.blockNum % blocksBetweenPrunes === 0) {
      state.pruneReceipts(Math.floor(header.time / 1_000_000));
    }
    const { eventRoot } = block;
    const applied = { num: header.blockNum, id, time: header.time, stateRoot, eventRoot };
    state.commit(applied);
    tree.history.close(applied.num);
    return applied;
  } catch (thrown) {
    state.abandon();
    stored.reset();
    tree.reset();
    quotas.reset();
    throw thrown;
  }
}

function storedReceipt(receipt: Receipt, expirationSeconds: number): StoredReceipt {
  return { blockNum: receipt.blockNum, expirationSeconds, bytes: receiptCodec.pack(receipt) };
}
