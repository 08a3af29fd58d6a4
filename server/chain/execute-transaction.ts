import type { Receipt } from "@kith/protocol/receipt";
import type { Action } from "@kith/protocol/transaction";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { messageOf, type TransactionError } from "./errors.ts";
import {
  attempt,
  refusal,
  within,
  type BlockContext,
  type EmittedEvent,
  type Execution,
  type Failure,
  type RunningTransaction,
} from "./execution.ts";
import { bootstrap, isBootstrap } from "./genesis-bootstrap.ts";
import { authorizationFuelMax, resultBytesMax, transactionFuelMax } from "./limits.ts";
import type { Budget } from "./quota/block-quota.ts";
import { callService } from "./service-call.ts";

type FailureOfAction = Failure & { readonly actionIndex: number };

export type Executed = {
  readonly receipt: Receipt;
  /** Units of work that it took on this node: what was remembered took none, although it was paid for. */
  readonly workFuel: number;
  /** It did not run, and may come again. */
  readonly isRefused?: boolean;
  readonly events: readonly EmittedEvent[];
};

/**
 * Authorizes and runs each action in order; all changes reach `block.rows`, or none. An action's sender is authorized
 * just before it runs, so a transaction can create an account and use it.
 */
export function executeTransaction(
  block: BlockContext,
  prepared: PreparedTransaction,
  index: number,
): Executed {
  const budget = block.quota?.budgetFor(block.rows, prepared);
  if (budget !== undefined && "code" in budget) {
    const receipt = refusedReceipt(block, prepared, index, budget);
    return { receipt, workFuel: 0, isRefused: true, events: [] };
  }
  return within(block, transactionOf(prepared), (execution) => {
    const fuelMax = Math.min(execution.meter.fuel, budget?.fuel ?? execution.meter.fuel);
    execution.meter.fuel = fuelMax;
    execution.storedBytesMax = budget?.storedBytes ?? execution.storedBytesMax;
    const ran = runActions(block, execution, { prepared, index });
    const done = budget === undefined || fuelMax < budget.fuel ? ran : withReason(ran, budget);
    const fuel = fuelMax - Math.max(0, execution.meter.fuel) + execution.startFuel;
    // Nobody pays for what somebody else said in his name.
    if (budget !== undefined && done.receipt.failure?.code !== "not-authorized") {
      const storedBytes = done.receipt.failure === undefined ? execution.writtenBytes : 0;
      block.quota?.charge(budget.payer, {
        fuel,
        storedBytes,
        carriedBytes: prepared.bytes.length,
      });
    }
    return { ...done, workFuel: Math.max(0, fuel - execution.rememberedFuel) };
  });
}

/** Who runs out of what is left to the payer would not with an allowance that is whole again. */
function withReason(ran: Ran, { payer, fuel }: Budget): Ran {
  const { failure } = ran.receipt;
  if (failure?.code !== "out-of-fuel") return ran;
  const message = `${payer} had ${fuel} units of work left, and the transaction takes more; try again in a while`;
  return {
    ...ran,
    receipt: { ...ran.receipt, failure: { ...failure, code: "over-quota", message } },
  };
}

type Ran = Omit<Executed, "workFuel">;
type Placed = { readonly prepared: PreparedTransaction; readonly index: number };

function runActions(block: BlockContext, execution: Execution, { prepared, index }: Placed): Ran {
  const results: Uint8Array[] = [];
  const genesis = block.num === 1;
  for (const [at, action] of prepared.transaction.actions.entries()) {
    const refused = genesis ? undefined : block.authorizations.whyRefused(execution, action);
    if (refused !== undefined) {
      const error = notAuthorized(at, refused);
      return failed(block, prepared, index, failureOf(error, at));
    }
    if (execution.meter.fuel < 0) {
      const message = "asking whether the transaction is authorized takes more fuel than is left";
      return failed(block, prepared, index, { code: "out-of-fuel", message, actionIndex: at });
    }
    const failure = attempt(execution, () => {
      if (genesis && isBootstrap(action)) bootstrap(execution.rows, action);
      else results.push(runAction(execution, action));
    });
    if (failure !== undefined) {
      return failed(block, prepared, index, { ...failure, actionIndex: at });
    }
  }
  execution.rows.applyTo(block.rows);
  return { receipt: { ...receiptHead(block, prepared, index), results }, events: execution.events };
}

export type Authorized = {
  /** The first refusal. */
  readonly refused: TransactionError | undefined;
  /** Units of work that it took to find out. */
  readonly fuel: number;
};

/**
 * Whether the senders allow their actions, without running any. `fuelMax` is that of one question. An account that is not there may be
 * made by an action before: that is seen when they run, at the expense of whoever the first one is authorized by.
 */
export function authorizeAll(
  block: BlockContext,
  prepared: PreparedTransaction,
  fuelMax: number,
): Authorized {
  let fuel = 0;
  const asked = new Set<string>();
  for (const [actionIndex, action] of prepared.transaction.actions.entries()) {
    const question = `${action.sender} ${action.service} ${action.method}`;
    if (asked.has(question)) continue;
    asked.add(question);
    const refused = within(block, transactionOf(prepared), (execution) => {
      const before = execution.meter.fuel;
      const failure = block.authorizations.whyRefused(execution, action, fuelMax);
      fuel += before - execution.meter.fuel;
      return failure;
    });
    if (refused?.code === "out-of-fuel" && fuelMax < authorizationFuelMax) {
      return { refused: { code: "admission-busy" }, fuel };
    }
    const mayComeToBe = actionIndex > 0 && refused?.code === "account-unknown";
    if (refused !== undefined && !mayComeToBe) {
      return { refused: notAuthorized(actionIndex, refused), fuel };
    }
    if (fuel > transactionFuelMax) return { refused: tooMuch(actionIndex), fuel };
  }
  return { refused: undefined, fuel };
}

/** The receipt of a transaction that never ran. */
export function refusedReceipt(
  block: BlockContext,
  prepared: PreparedTransaction,
  index: number,
  error: TransactionError,
): Receipt {
  const failure = { code: error.code, message: messageOf(error) };
  return { ...receiptHead(block, prepared, index), results: [], failure };
}

/** Its authorization alone takes more than the transaction may. */
function tooMuch(actionIndex: number): TransactionError {
  const message = "asking whether the transaction is authorized takes more fuel than it may";
  return notAuthorized(actionIndex, { code: "out-of-fuel", message });
}

function notAuthorized(actionIndex: number, { code, message }: Failure): TransactionError {
  return { code: "not-authorized", actionIndex, reason: code, message };
}

function failureOf(error: TransactionError, actionIndex: number): FailureOfAction {
  return { code: error.code, message: messageOf(error), actionIndex };
}

function runAction(execution: Execution, action: Action): Uint8Array {
  const result = callService(execution, {
    caller: action.sender,
    service: action.service,
    method: action.method,
    args: action.rawData,
    depth: 0,
    writable: true,
  });
  if (result.length > resultBytesMax) {
    throw refusal(execution, "result-too-long", `a result of ${result.length} bytes`);
  }
  return result;
}

function transactionOf(prepared: PreparedTransaction): RunningTransaction {
  return { id: prepared.id, claims: prepared.transaction.claims };
}

function receiptHead(
  block: BlockContext,
  prepared: PreparedTransaction,
  index: number,
): Omit<Receipt, "results" | "failure"> {
  return { transactionId: prepared.id, blockNum: block.num, blockTime: block.time, index };
}

function failed(
  block: BlockContext,
  prepared: PreparedTransaction,
  index: number,
  failure: FailureOfAction,
): Ran {
  return { receipt: { ...receiptHead(block, prepared, index), results: [], failure }, events: [] };
}
