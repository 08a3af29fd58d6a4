import type { Consensus, SealedBlock } from "@kith/protocol/block";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import { httpRequestCodec, type HttpReply, type HttpRequest } from "@kith/protocol/http-message";
import {
  blockNumOf,
  type AccountName,
  type BlockId,
  type BlockNum,
  type TransactionId,
} from "@kith/protocol/ids";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { checkExpiration } from "./admission.ts";
import { applyBlock, type BlockResult, type ChainParts } from "./apply-block.ts";
import { Authorizations } from "./authorization.ts";
import { consensusInForce, consensusPointOf } from "./consensus-facts.ts";
import { unprovedClaim } from "./custom-claims.ts";
import { declareStaleTables } from "./declare-tables.ts";
import type { SnapshotError, TransactionError } from "./errors.ts";
import { authorizeAll, executeTransaction, refusedReceipt } from "./execute-transaction.ts";
import type { BlockContext } from "./execution.ts";
import { loadSnapshot, snapshotBlock } from "./load-snapshot.ts";
import { Overlay, type Rows } from "./overlay.ts";
import type { Applied, RowAddress, RowReader, ServiceMachine, StateStore } from "./ports.ts";
import { answer, definitionOf, hasAccount, hasServer } from "./query.ts";
import { Quotas, type AccountQuota } from "./quota/quotas.ts";
import { longLivedReference, referencedBlock } from "./reference-blocks.ts";
import { proveRow, type ProvedRow } from "./row-proof.ts";
import { checksOf, type SignatureCheck } from "./signature-checks.ts";
import { exportSnapshot, type Snapshot } from "./snapshot.ts";
import { StateTree } from "./state-tree.ts";
import { StoredRows } from "./stored-rows.ts";
import { systemAccounts } from "./system-accounts.ts";
import { UnpaidWork } from "./unpaid-work.ts";
import { wantedConsensus } from "./wanted-consensus.ts";

/** What final blocks do. Pure over its ports: everything is synchronous and the same on every node. */
export type Chain = {
  applied(): Applied | undefined;
  /** The same of an earlier block, while it is remembered. */
  appliedAt(num: BlockNum): Applied | undefined;
  /** The consensus that executed blocks have put in force. */
  consensus(): Consensus | undefined;
  /** The rules after the last executed block, for a core that starts behind it. */
  consensusPoint(): ConsensusPoint | undefined;
  /** What has to be checked about a transaction's native proofs if it is included at `including`. */
  signatureChecks(
    prepared: PreparedTransaction,
    including: BlockNum,
  ): Result<
    { readonly refBlockId: BlockId; readonly checks: readonly SignatureCheck[] },
    TransactionError
  >;
  /**
   * Expiry, TaPoS, not yet executed, senders' authorization against the final state. No execution.
   * `nowMicros` is about the time that the next block would have; the last block's own time by default.
   */
  checkAdmission(
    prepared: PreparedTransaction,
    nowMicros?: number,
  ): Result<undefined, TransactionError>;
  /**
   * The proofs that services check, against the final state. They run code of others, so this comes last, when it is
   * known that the transaction's keys have signed it.
   */
  checkCustomProofs(
    prepared: PreparedTransaction,
    nowMicros?: number,
  ): Result<undefined, TransactionError>;
  /** Executes the next final block; `verdicts[i]` says whether all proofs of transaction i hold. */
  applyBlock(
    block: SealedBlock,
    transactions: readonly (PreparedTransaction | undefined)[],
    verdicts: readonly boolean[],
  ): BlockResult;
  /** Runs a transaction against the final state and undoes it. */
  dryRun(prepared: PreparedTransaction, proved: boolean, nowMicros?: number): Receipt;
  /** Undefined also where only the state came here, and not the block. */
  receipt(id: TransactionId): Receipt | undefined;
  /** Whether the transaction was executed and can still come again. */
  isExecuted(id: TransactionId): boolean;
  /** What an account may use and has used within the window that ends now. */
  quotaOf(account: AccountName, nowMicros: number): AccountQuota;
  /** The change of producers that the `producers` service wants and that no executed block carries yet. */
  wantedConsensus(): Consensus | undefined;
  /** The reference that a new transaction had best use: it stays good for days of blocks. */
  taposReference(): { readonly refBlockIndex: number; readonly refBlockId: BlockId } | undefined;
  /** `serve` of the service, read-only at the final state; undefined when it has none or does not know the path. */
  query(service: AccountName, request: HttpRequest): HttpReply | undefined;
  /** What is installed on the account. */
  definition(service: AccountName): ServiceDefinition | undefined;
  /** The rows after the last executed block. */
  readonly rows: RowReader;
  hasAccount(name: AccountName): boolean;
  /** Whether a service that answers requests is installed on the account. */
  hasServer(name: AccountName): boolean;
  /**
   * Proves a row of final state, or that there is none, at the newest height that `isWanted` and at which it was the
   * same, and otherwise at the applied height. Undefined before genesis is executed.
   */
  proveRow(address: RowAddress, isWanted?: (num: BlockNum) => boolean): ProvedRow | undefined;
  /** All rows after the last executed block, for a node that is too far behind to replay. */
  exportSnapshot(): Snapshot | undefined;
  /** Replaces everything by a snapshot whose rows give `applied.stateRoot`. `block` is the block that it stands behind. */
  installSnapshot(
    applied: Applied,
    chunks: Iterable<Uint8Array>,
    block?: SealedBlock,
  ): Result<Applied, SnapshotError>;
  /** Another state has taken the place of the one below: nothing that is remembered of it counts any more. */
  onStateReplaced(): void;
  /** The block of the last snapshot, while nothing was executed behind it: where the log has to start. */
  snapshotBlock(): SealedBlock | undefined;
};

/** With what decides nothing but what this node does next. */
type NodeParts = ChainParts & { readonly unpaid: UnpaidWork };

export function openChain(ports: {
  readonly state: StateStore;
  readonly machine: ServiceMachine;
}): Chain {
  const { state, machine } = ports;
  const stored = new StoredRows(state);
  const tree = new StateTree(state);
  const parts: NodeParts = {
    unpaid: new UnpaidWork(),
    state,
    machine,
    stored,
    tree,
    authorizations: new Authorizations(),
    quotas: new Quotas(stored, () => state.applied()?.time ?? 0),
  };
  let wanted: { readonly consensus: Consensus | undefined } | undefined;
  declareStaleTables({ state, machine, rows: stored });

  return {
    applied: () => state.applied(),
    appliedAt: (num) => state.appliedAt(num),
    consensus: () => consensusInForce(stored),
    consensusPoint: () => consensusPointOf(stored),
    signatureChecks: (prepared, including) => signatureChecks(stored, prepared, including),
    checkAdmission: (prepared, nowMicros) =>
      checkAdmission(parts, prepared, nextBlock(parts, nowMicros)),
    checkCustomProofs: (prepared, nowMicros) =>
      checkCustomProofs(parts, prepared, nextBlock(parts, nowMicros)),
    applyBlock: (block, transactions, verdicts) => {
      const result = applyBlock(parts, { block, transactions, verdicts });
      if (result.touched.services.has(systemAccounts.producers)) wanted = undefined;
      if (result.newConsensus !== undefined) wanted = undefined;
      return result;
    },
    dryRun: (prepared, proved, nowMicros) =>
      dryRun(parts, prepared, nextBlock(parts, nowMicros), proved),
    ...receiptsIn(state),
    quotaOf: (account, nowMicros) =>
      parts.quotas.of(account, Math.max(nowMicros, state.applied()?.time ?? 0)),
    wantedConsensus: () => {
      wanted ??= { consensus: wantedConsensus(nextBlock(parts, undefined)) };
      return wanted.consensus;
    },
    taposReference: () => {
      const applied = state.applied();
      return applied === undefined ? undefined : longLivedReference(stored, applied.num);
    },
    query: (service, request) =>
      answer(lastBlock(parts), service, httpRequestCodec.pack(request)).reply,
    definition: (service) => definitionOf(lastBlock(parts), service),
    rows: state,
    hasAccount: (name) => hasAccount(lastBlock(parts), name),
    hasServer: (name) => hasServer(lastBlock(parts), name),
    proveRow: (address, isWanted = () => false) => proveRow(parts, address, isWanted),
    exportSnapshot: () => exportSnapshot(state),
    installSnapshot: (applied, chunks, block) => {
      wanted = undefined;
      try {
        return loadSnapshot(parts, { applied, chunks, block });
      } finally {
        forgetState(parts);
      }
    },
    onStateReplaced: () => {
      wanted = undefined;
      forgetState(parts);
    },
    snapshotBlock: () => snapshotBlock(state),
  };
}

/** What is remembered of rows: others are in their place. */
function forgetState({ stored, tree, quotas }: ChainParts): void {
  stored.reset();
  tree.reset();
  quotas.reset();
}

/** The block that would come next, on top of the final state. */
function nextBlock(
  { state, machine, stored, authorizations, quotas }: ChainParts,
  nowMicros: number | undefined,
): BlockContext {
  const applied = state.applied();
  const after = applied?.time ?? 0;
  return {
    machine,
    num: blockNumOf((applied?.num ?? 0) + 1),
    time: Math.max(after, nowMicros ?? 0),
    rows: new Overlay(stored),
    authorizations,
    ...(applied === undefined ? {} : { quota: quotas.open(Math.max(after, nowMicros ?? 0)) }),
  };
}

/** The last final block, as queries see it. */
function lastBlock({ state, machine, stored, authorizations }: ChainParts): BlockContext {
  const applied = state.applied();
  const num = applied?.num ?? blockNumOf(1);
  return { machine, num, time: applied?.time ?? 0, rows: new Overlay(stored), authorizations };
}

function signatureChecks(
  rows: Rows,
  prepared: PreparedTransaction,
  including: BlockNum,
): ReturnType<Chain["signatureChecks"]> {
  const { refBlockIndex } = prepared.transaction.tapos;
  const refBlockId = referencedBlock(rows, refBlockIndex, including);
  if (refBlockId === undefined) return err({ code: "reference-block-unknown", refBlockIndex });
  const checks = checksOf(prepared, refBlockId);
  return checks.ok ? ok({ refBlockId, checks: checks.value }) : checks;
}

function checkAdmission(
  { state, stored, unpaid }: NodeParts,
  prepared: PreparedTransaction,
  block: BlockContext,
): Result<undefined, TransactionError> {
  if (state.getReceipt(prepared.id) !== undefined) return err({ code: "already-executed" });
  const untimely = checkExpiration(prepared, block.time);
  if (untimely !== undefined) return err(untimely);
  const checks = signatureChecks(stored, prepared, block.num);
  if (!checks.ok) return checks;
  const budget = block.quota?.budgetFor(block.rows, prepared);
  if (budget !== undefined && "code" in budget) return err(budget);
  const { refused, fuel } = authorizeAll(block, prepared, unpaid.fuelFor(block.time));
  if (refused === undefined) return ok(undefined);
  unpaid.add(block.time, fuel);
  return err(refused);
}

function checkCustomProofs(
  { stored }: ChainParts,
  prepared: PreparedTransaction,
  block: BlockContext,
): Result<undefined, TransactionError> {
  const checks = signatureChecks(stored, prepared, block.num);
  if (!checks.ok) return checks;
  const refused = unprovedClaim(block, prepared, checks.value.refBlockId);
  return refused === undefined ? ok(undefined) : err(refused);
}

function dryRun(
  { state, stored }: ChainParts,
  prepared: PreparedTransaction,
  block: BlockContext,
  proved: boolean,
): Receipt {
  const error = ((): TransactionError | undefined => {
    if (state.getReceipt(prepared.id) !== undefined) return { code: "already-executed" };
    const untimely = checkExpiration(prepared, block.time);
    if (untimely !== undefined) return untimely;
    const checks = signatureChecks(stored, prepared, block.num);
    if (!checks.ok) return checks.error;
    if (!proved) return { code: "proof-invalid" };
    return unprovedClaim(block, prepared, checks.value.refBlockId);
  })();
  return error === undefined
    ? executeTransaction(block, prepared, 0).receipt
    : refusedReceipt(block, prepared, 0, error);
}

function receiptsIn(state: StateStore): Pick<Chain, "receipt" | "isExecuted"> {
  return {
    receipt(id) {
      const bytes = state.getReceipt(id);
      if (bytes === undefined || bytes.length === 0) return undefined;
      return receiptCodec.trustedUnpack(bytes);
    },
    isExecuted: (id) => state.getReceipt(id) !== undefined,
  };
}
