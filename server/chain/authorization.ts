import { authorizeCodec } from "@kith/protocol/entry-points";
import { CallSession } from "@kith/protocol/service-abi";
import type { Action, Claim } from "@kith/protocol/transaction";

import { attempt, type Execution, type Failure } from "./execution.ts";
import { authorizationFuelMax, authorizationsRememberedMax, callStackBytesMax } from "./limits.ts";
import { Overlay, type OnPassed, type Rows } from "./overlay.ts";
import { chainAccount } from "./own-rows.ts";
import { keyText, type Place } from "./place.ts";
import type { KeyedRow, RowRange } from "./ports.ts";
import { callService } from "./service-call.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";
import { TwoGenerations } from "./two-generations.ts";

type Read = { readonly place: Place; readonly row: Uint8Array | undefined };

/** A yes, for as long as every row that was read for it is the same. */
export type Authorization = {
  readonly reads: readonly Read[];
  /** What finding out took: whoever remembers the answer charges the same as whoever does not. */
  readonly fuel: number;
};

/**
 * Asks `transact` whether a sender allows its action. The same question has the same answer for as long as every row
 * that was read for it is the same, so a yes is remembered together with those rows. It is asked in a session of its
 * own, so that what a service remembers never tells who asked before.
 */
export class Authorizations {
  private readonly known = new TwoGenerations<string, Authorization>(authorizationsRememberedMax);

  /** Undefined when the sender allows it. `execution` sees what earlier actions of the transaction changed. */
  whyRefused(
    execution: Execution,
    action: Action,
    fuelMax: number = authorizationFuelMax,
  ): Failure | undefined {
    const question = questionOf(action, execution.claims);
    if (holds(execution, execution.authorized.get(question))) return undefined;
    const known = this.known.get(question);
    if (holds(execution, known)) {
      execution.authorized.set(question, known);
      execution.meter.fuel -= known.fuel;
      execution.rememberedFuel += known.fuel;
      return undefined;
    }
    const log = new ReadLog(execution.rows);
    const asking: Execution = {
      ...execution,
      rows: new Overlay(log),
      usesContext: false,
      session: new CallSession(),
      meter: { fuel: fuelMax, stackBytes: callStackBytesMax },
    };
    const failure = attempt(asking, () => ask(asking, action));
    asking.session.close();
    const fuel = fuelMax - Math.max(0, asking.meter.fuel);
    execution.meter.fuel -= fuel;
    if (failure === undefined && log.reads !== undefined && !asking.usesContext) {
      const answer = { reads: log.reads, fuel };
      this.known.set(question, answer);
      execution.authorized.set(question, answer);
    }
    return failure;
  }
}

/**
 * Everything that was read for the answer is as it was. Bytes are compared: whether a row comes out of memory as the
 * same object is this node's affair, and what a transaction pays may not depend on it.
 */
function holds(execution: Execution, known: Authorization | undefined): known is Authorization {
  return known?.reads.every(({ place, row }) => isSame(execution.rows.read(place), row)) === true;
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  return a.every((byte, i) => byte === b[i]);
}

function ask(execution: Execution, { sender, service, method }: Action): void {
  callService(execution, {
    caller: chainAccount,
    service: systemAccounts.transact,
    method: systemMethods.authorize,
    args: authorizeCodec.pack({ sender, service, method }),
    depth: 0,
    writable: false,
  });
}

function questionOf({ sender, service, method }: Action, claims: readonly Claim[]): string {
  let question = `${sender} ${service} ${method}`;
  for (const claim of claims) question += ` ${claim.service} ${keyText(claim.rawData)}`;
  return question;
}

/** Remembers what is read through it; after a range it cannot say any more what the answer depends on. */
class ReadLog implements Rows {
  reads: Read[] | undefined = [];
  private readonly below: Rows;

  constructor(below: Rows) {
    this.below = below;
  }

  read(place: Place): Uint8Array | undefined {
    const row = this.below.read(place);
    this.reads?.push({ place, row });
    return row;
  }

  range(range: RowRange, onPassed?: OnPassed): readonly KeyedRow[] {
    this.reads = undefined;
    return this.below.range(range, onPassed);
  }
}
