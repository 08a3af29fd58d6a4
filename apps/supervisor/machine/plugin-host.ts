import { sha256 } from "@kith/protocol/hashes";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import {
  ServiceAbort,
  type ActionHost,
  type CallSession,
  type Meter,
} from "@kith/protocol/service-abi";

import type { Attempt, PluginCall } from "./attempt.ts";

/** What one running plugin sees of its machine: who it is, who called it, and the way to others. */
export class PluginHost implements ActionHost {
  readonly meter: Meter;
  readonly session: CallSession;
  readonly self: AccountName;
  readonly sender: AccountName;
  /** Microseconds since the Unix epoch: `Date` stands still while a call runs. */
  readonly blockTime: number;
  readonly claims = [];
  readonly #attempt: Attempt;
  readonly #depth: number;

  constructor(attempt: Attempt, { caller, callee }: PluginCall, depth: number) {
    this.meter = attempt.meter;
    this.session = attempt.session;
    this.self = callee;
    this.sender = caller;
    this.blockTime = attempt.about.nowMicros;
    this.#attempt = attempt;
    this.#depth = depth;
  }

  call(callee: AccountName, method: MethodName, args: Uint8Array): Uint8Array {
    return this.#attempt.callFrom(this.self, { callee, method, args }, this.#depth);
  }

  sha256(data: Uint8Array): Uint8Array {
    return sha256(data);
  }

  get blockNum(): never {
    throw notHere();
  }

  get transactionId(): never {
    throw notHere();
  }

  get(): never {
    throw notHere();
  }

  range(): never {
    throw notHere();
  }

  put(): never {
    throw notHere();
  }

  remove(): never {
    throw notHere();
  }

  emit(): never {
    throw notHere();
  }

  runAs(): never {
    throw notHere();
  }

  checkCode(): never {
    throw notHere();
  }
}

function notHere(): ServiceAbort {
  return new ServiceAbort("not-in-plugins", "a plugin has no tables, and is in no block");
}
