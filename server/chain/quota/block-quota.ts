import type { Allowance } from "@kith/protocol/entry-points";
import type { AccountName } from "@kith/protocol/ids";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import type { TransactionError } from "../errors.ts";
import type { Rows } from "../overlay.ts";
import { systemAccounts, systemMethods } from "../system-accounts.ts";
import { allowanceOf, sponsorOf } from "./quota-rules.ts";
import { noUsage, sum, type Usage, type UsageWindow } from "./usage-window.ts";

/** What is left to whoever pays for a transaction. */
export type Budget = {
  readonly payer: AccountName;
  readonly fuel: number;
  readonly storedBytes: number;
};

type Resource = keyof Usage;

/** Counts what the transactions of one block use, on top of what the window holds. */
export class BlockQuota {
  readonly #window: UsageWindow;
  readonly #second: number;
  readonly #used = new Map<AccountName, Usage>();

  constructor(window: UsageWindow, second: number) {
    this.#window = window;
    this.#second = second;
  }

  /** In this block, by account. */
  get used(): ReadonlyMap<AccountName, Usage> {
    return this.#used;
  }

  /**
   * What a transaction may use: of its sponsor while that has something left, else of its own sender, unless that one
   * is shared. Undefined where nothing is limited.
   */
  budgetFor(
    rows: Rows,
    prepared: PreparedTransaction,
  ): Budget | undefined | (TransactionError & { readonly code: "over-quota" }) {
    const sender = payingAccount(prepared);
    if (sender === undefined) return undefined;
    const carriedBytes = prepared.bytes.length;
    const { claims } = prepared.transaction;
    const sponsor = sponsorOf(rows, sender, { now: this.#second * 1_000_000, claims });
    if (sponsor !== undefined) {
      const { by, share, orSender } = sponsor;
      const allowance = shareOf(allowanceOf(rows, by), share);
      const sponsored = this.#budget(by, allowance, carriedBytes);
      if (sponsored === undefined || !("code" in sponsored) || !orSender) return sponsored;
    }
    return this.#budget(sender, allowanceOf(rows, sender), carriedBytes);
  }

  charge(account: AccountName, usage: Usage): void {
    this.#used.set(account, sum(this.#used.get(account) ?? noUsage, usage));
  }

  #budget(
    account: AccountName,
    allowance: Allowance | undefined,
    carriedBytes: number,
  ): ReturnType<BlockQuota["budgetFor"]> {
    if (allowance === undefined) return undefined;
    const before = this.#window.used(account, this.#second);
    const used = sum(before, this.#used.get(account) ?? noUsage);
    const exhausted = resourceBeyond(allowance, used, carriedBytes);
    if (exhausted !== undefined) {
      return {
        code: "over-quota",
        account,
        resource: exhausted,
        allowance: allowance[exhausted],
        used: used[exhausted],
      };
    }
    return {
      payer: account,
      fuel: allowance.fuel - used.fuel,
      storedBytes: allowance.storedBytes - used.storedBytes,
    };
  }
}

function shareOf(allowance: Allowance | undefined, share: "whole" | "half"): Allowance | undefined {
  if (allowance === undefined || share === "whole") return allowance;
  const { fuel, storedBytes, carriedBytes } = allowance;
  return { fuel: half(fuel), storedBytes: half(storedBytes), carriedBytes: half(carriedBytes) };
}

function half(amount: number): number {
  return Math.floor(amount / 2);
}

function resourceBeyond(
  allowance: Allowance,
  used: Usage,
  carriedBytes: number,
): Resource | undefined {
  if (used.fuel >= allowance.fuel) return "fuel";
  if (used.storedBytes >= allowance.storedBytes) return "storedBytes";
  return used.carriedBytes + carriedBytes > allowance.carriedBytes ? "carriedBytes" : undefined;
}

/** Whoever makes an account has none yet that could pay: all of those share what `accounts` has. */
function payingAccount({ transaction }: PreparedTransaction): AccountName | undefined {
  const [first] = transaction.actions;
  if (first === undefined) return undefined;
  const { accounts } = systemAccounts;
  const makesAccount = first.service === accounts && first.method === systemMethods.createAccount;
  return makesAccount ? accounts : first.sender;
}
