import {
  transactionIdOf,
  type AccountName,
  type BlockNum,
  type MethodName,
  type TransactionId,
} from "@kith/protocol/ids";
import { CallSession, MachineFault, ServiceAbort, type Meter } from "@kith/protocol/service-abi";
import type { Action, Claim } from "@kith/protocol/transaction";

import type { Authorization } from "./authorization.ts";
import type { DeclaredEvent } from "./declared-events.ts";
import { BrokenInvariant } from "./errors.ts";
import {
  callStackBytesMax,
  failureCodeCharsMax,
  failureMessageCharsMax,
  transactionFuelMax,
} from "./limits.ts";
import { Overlay, type Rows } from "./overlay.ts";
import type { EventReader, ServiceMachine, SqlReader, StandardAnswer } from "./ports.ts";
import type { BlockQuota } from "./quota/block-quota.ts";

export type Failure = { readonly code: string; readonly message: string };

export type EmittedEvent = {
  readonly service: AccountName;
  /** Its declared name. */
  readonly event: string;
  readonly declared: DeclaredEvent;
  readonly data: Uint8Array;
};

/** The block that a transaction runs in; `rows` are those after the transactions before it. */
export type BlockContext = {
  readonly machine: ServiceMachine;
  readonly num: BlockNum;
  readonly time: number;
  readonly rows: Overlay;
  readonly authorizations: Authorizing;
  /** Events of the transactions before; none when left out. */
  eventsBefore?: number;
  /** What services remember from one transaction of the block to the next. */
  readonly session?: CallSession;
  /** Undefined where nothing is limited: at genesis. */
  readonly quota?: BlockQuota;
};

/** Where and when calls run: what a block, a dry run and a query have in common. */
export type ExecutionPlace = {
  readonly machine: ServiceMachine;
  readonly num: BlockNum;
  readonly time: number;
  readonly rows: Rows;
  readonly eventsBefore?: number;
  readonly session?: CallSession | undefined;
  /** What a transaction has, when left out. */
  readonly fuelMax?: number;
  /** Only in queries: its results differ between versions of the engine. */
  readonly sql?: SqlReader;
  /** Only in queries: whose they are. */
  readonly user?: AccountName | undefined;
  readonly events?: EventReader | undefined;
  /** Answers requests that a service leaves. */
  readonly standard?: StandardAnswer | undefined;
};

/** Says whether an action's sender allows it. */
export type Authorizing = {
  whyRefused(execution: Execution, action: Action, fuelMax?: number): Failure | undefined;
};

export type RunningTransaction = { readonly id: TransactionId; readonly claims: readonly Claim[] };

/** What all calls of one transaction, or of one query, share. */
export type Execution = {
  readonly machine: ServiceMachine;
  readonly session: CallSession;
  readonly meter: Meter;
  readonly rows: Overlay;
  readonly sql: SqlReader | undefined;
  readonly user: AccountName | undefined;
  readonly blockNum: BlockNum;
  readonly blockTime: number;
  readonly transactionId: TransactionId;
  readonly claims: readonly Claim[];
  readonly events: EmittedEvent[];
  /** What this transaction has asked about authorization and paid for: the same question costs nothing again. */
  readonly authorized: Map<string, Authorization>;
  /** Those of the block's transactions before. */
  readonly eventsBefore: number;
  writes: number;
  writtenBytes: number;
  /** What the transaction's payer has left. */
  storedBytesMax: number;
  /** Units of work that starting new code took; counted apart, because it takes more than running it. */
  startFuel: number;
  /** Units of it for which no work was done: answers of auth services that were remembered. */
  rememberedFuel: number;
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

/** How a service's call of another one is run. */
export type CallService = (execution: Execution, call: ServiceCall) => Uint8Array;

function newExecution(block: ExecutionPlace, { id, claims }: RunningTransaction): Execution {
  return {
    machine: block.machine,
    session: block.session ?? new CallSession(),
    meter: { fuel: block.fuelMax ?? transactionFuelMax, stackBytes: callStackBytesMax },
    rows: new Overlay(block.rows),
    sql: block.sql,
    user: block.user,
    blockNum: block.num,
    blockTime: block.time,
    transactionId: id,
    claims,
    events: [],
    authorized: new Map(),
    eventsBefore: block.eventsBefore ?? 0,
    writes: 0,
    writtenBytes: 0,
    storedBytesMax: Number.MAX_SAFE_INTEGER,
    startFuel: 0,
    rememberedFuel: 0,
    usesContext: false,
    failure: undefined,
    broken: undefined,
  };
}

/** Runs calls in an execution of their own, and lets go of what services remember in it. */
export function within<T>(
  place: ExecutionPlace,
  running: RunningTransaction,
  run: (execution: Execution) => T,
): T {
  const execution = newExecution(place, running);
  try {
    return run(execution);
  } finally {
    if (place.session === undefined) execution.session.close();
  }
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
  if (thrown instanceof MachineFault) {
    execution.broken = new BrokenInvariant(thrown.message);
    return execution.broken;
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
