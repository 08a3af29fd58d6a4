import { abort, check } from "@kith/sdk/abort";

/** Bits of a token's flags, by their numbers (psibase: TokenFlags). */
export const tokenFlags = {
  /** Only the issuer may credit it. */
  untransferable: 0,
  /** The issuer gives up recalling it; for ever. */
  unrecallable: 1,
} as const;

/** Bits of settings of balances (psibase: BalanceFlags). */
export const balanceFlags = {
  /** What is credited arrives at once. */
  autoDebit: 0,
  /** Balances of zero keep their rows. */
  keepZeroBalances: 1,
} as const;

export function hasFlag(flags: number, flag: number): boolean {
  return (flags & (1 << flag)) !== 0;
}

export function withFlag(flags: number, flag: number, enabled: boolean): number {
  return enabled ? flags | (1 << flag) : flags & ~(1 << flag);
}

export function checkFlag(flag: number, known: Readonly<Record<string, number>>): void {
  if (!Object.values(known).includes(flag)) abort("flag-unknown", `there is no flag ${flag}`);
}

/** Nobody gets back what holders were promised they keep. */
export function checkTokenFlag(flag: number, enabled: boolean): void {
  checkFlag(flag, tokenFlags);
  check(
    flag !== tokenFlags.unrecallable || enabled,
    "flag-final",
    "a token that cannot be recalled stays so",
  );
}
