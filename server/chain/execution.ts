import {
  transactionIdOf,
  type AccountName,
  type BlockNum,
  type MethodName,
  type TransactionId,
} from "@kith/protocol/ids";
import { ServiceAbort } from "@kith/protocol/service-abi";
import type { Action, Claim } from "@kith/protocol/transaction";

import { BrokenInvariant } from "./errors.ts";
import { failureCodeCharsMax, failureMessageCharsMax } from "./limits.ts";
import { Overlay, type Rows } from "./overlay.ts";
import type { ServiceMachine, SqlReader } from "./ports.ts";

export type Failure = { readonly code: string; readonly message: string };

export type EmittedEvent = {
  readonly service: AccountName;
  readonly event: string;
  readonly data: Uint8Array;
};

/** The block that a transaction runs in; `rows` are those after the transactions before it. */
export type BlockContext = {
  readonly machine: ServiceMachine;
  readonly num: BlockNum;
  readonly time: number;
  readonly rows: Overlay;
  readonly authorizations: Authorizing;
};

/** Where and when calls run: what a block, a dry run and a query have in common. */
export type ExecutionPlace = {
  readonly machine: ServiceMachine;
  readonly num: BlockNum;
  readonly time: number;
  readonly rows: Rows;
  /** Only in queries: its results differ between versions of the engine. */
  readonly sql?: SqlReader;
};

/** Says whether an action's sender allows it. */
export type Authorizing = {
  whyRefused(execution: Execution, action: Action): Failure | undefined;
};

export type RunningTransaction = { readonly id: TransactionId; readonly claims: readonly Claim[] };

/** What all calls of one transaction, or of one query, share. */
export type Execution = {
  readonly machine: ServiceMachine;
  readonly rows: Overlay;
  readonly sql: SqlReader | undefined;
  readonly blockNum: BlockNum;
  readonly blockTime: number;
  readonly transactionId: TransactionId;
  readonly claims: readonly Claim[];
  readonly events: EmittedEvent[];
  writes: number;
  writtenBytes: number;
  /** A service asked for the block's number or time, or for the transaction's id. */
  usesContext: boolean;
  /** The first refusal. A service that catches it cannot undo it: the transaction fails as a whole. */
  failure: Failure | undefined;
  /** Something that must stop the node, also when a service caught it. */
  broken: BrokenInvariant | undefined;
};

export type ServiceCall = {
  readonly caller: AccountName;
  readonly service: AccountName;
  readonly method: MethodName;
  readonly args: Uint8Array;
  readonly depth: number;
  readonly writable: boolean;
};

export function newExecution(block: ExecutionPlace, { id, claims }: RunningTransaction): Execution {
  return {
    machine: block.machine,
    rows: new Overlay(block.rows),
    sql: block.sql,
    blockNum: block.num,
    blockTime: block.time,
    transactionId: id,
    claims,
    events: [],
    writes: 0,
    writtenBytes: 0,
    usesContext: false,
    failure: undefined,
    broken: undefined,
  };
}

/** For queries and the node's own questions. */
export const outsideTransactions: RunningTransaction = {
  id: transactionIdOf("0".repeat(64)),
  claims: [],
};

/** An abort that is remembered, so that catching it does not save the transaction. */
export function refusal(execution: Execution, code: string, message: string): ServiceAbort {
  const failure = {
    code: code.slice(0, failureCodeCharsMax),
    message: message.slice(0, failureMessageCharsMax),
  };
  execution.failure ??= failure;
  return new ServiceAbort(failure.code, failure.message);
}

/**
 * What a service throws is either its abort or a defect. A defect's own text differs between engines, so it is not
 * part of the result.
 */
export function translate(execution: Execution, call: ServiceCall, thrown: unknown): Error {
  if (thrown instanceof BrokenInvariant) {
    execution.broken = thrown;
    return thrown;
  }
  if (thrown instanceof ServiceAbort) return refusal(execution, thrown.code, thrown.message);
  return refusal(execution, "service-failed", `${call.service} failed in ${call.method}`);
}

/** What went wrong in a call, also when a service on the way caught it. What must stop the node is thrown on. */
export function attempt(execution: Execution, run: () => void): Failure | undefined {
  try {
    run();
  } catch (thrown) {
    if (execution.broken !== undefined || execution.failure === undefined) throw thrown;
  }
  if (execution.broken !== undefined) throw execution.broken;
  return execution.failure;
}
