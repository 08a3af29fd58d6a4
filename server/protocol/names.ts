import { codecOf, type Codec } from "./fracpack.ts";
import { brandAccountName, brandMethodName, type AccountName, type MethodName } from "./ids.ts";
import { decodeAccount, encodeAccount, nameOfRank, rankOf } from "./names/account-number.ts";
import { canonicalMethod, decodeMethod, encodeMethod } from "./names/method-number.ts";
import { accountLayout, knownAccountNumber, methodLayout } from "./names/name-layouts.ts";
import { err, ok, type Result } from "./result.ts";

export type NameError = {
  readonly code: "account-name-invalid" | "method-name-invalid";
  readonly name: string;
};

/**
 * 1 to 10 characters of `a-z`, `0-9` and `-`, which neither starts nor ends the name nor stands twice in a row
 * (psibase, AccountNumber). Subaccounts (`name+1`) are not account names.
 */
export function parseAccountName(text: string): Result<AccountName, NameError> {
  if (rankOf(text) === undefined) return err({ code: "account-name-invalid", name: shown(text) });
  return ok(brandAccountName(text));
}

/** For names that the program contains; throws when it is none. */
export function accountNameConstant(text: string): AccountName {
  const name = parseAccountName(text);
  if (!name.ok) throw new RangeError(`${text} is not an account name`);
  return name.value;
}

/**
 * The place of a name among all names in the order of their text, from 1; its number is this times 256. Undefined for
 * what is no name.
 */
export function accountRank(text: string): number | undefined {
  return rankOf(text);
}

/** The number of whatever may be an account's name; undefined for what is none. It is remembered. */
export function accountNumberOf(value: unknown): bigint | undefined {
  return knownAccountNumber(value);
}

/** psibase's number of the account, a u64. */
export function accountNumber(name: AccountName): bigint {
  return encodeAccount(name);
}

export function accountNameOf(number: bigint): Result<AccountName, NameError> {
  const name = (number & 0xffn) === 0n ? nameOfRank(Number(number >> 8n)) : "";
  if (name === "") return err({ code: "account-name-invalid", name: String(number) });
  return ok(brandAccountName(name));
}

/** The name with this rank; "" when there is none. */
export function accountNameOfRank(rank: number): string {
  return nameOfRank(rank);
}

/**
 * Letters, digits and `_`, or `#` and sixteen letters. The result is the form in which its number is shown, so two
 * names are equal exactly when their numbers are: lower case, digits and `_` as the letters that psibase gives them,
 * `#...` for a name that does not fit. A few names are refused, because psibase's compression loses them.
 */
export function parseMethodName(text: string): Result<MethodName, NameError> {
  const canonical = canonicalMethod(text);
  if (canonical === undefined) return err({ code: "method-name-invalid", name: shown(text) });
  return ok(brandMethodName(canonical));
}

/** For names that the program contains; throws when it is none. */
export function methodNameConstant(text: string): MethodName {
  const name = parseMethodName(text);
  if (!name.ok) throw new RangeError(`${text} is not a method name`);
  return name.value;
}

/** psibase's number of the method, a u64. */
export function methodNumber(name: MethodName): bigint {
  return encodeMethod(name);
}

/** Refuses numbers that no name has. */
export function methodNameOf(number: bigint): Result<MethodName, NameError> {
  const name = decodeMethod(number);
  if (number === 0n || encodeMethod(name) !== number) {
    return err({ code: "method-name-invalid", name: String(number) });
  }
  return ok(brandMethodName(name));
}

/** psibase's `AccountNumber(text)`: 0 for invalid text; knows subaccounts. */
export function psibaseAccountNumber(text: string): bigint {
  return encodeAccount(text);
}

/** psibase's `AccountNumber(number).str()`. */
export function psibaseAccountText(number: bigint): string {
  return decodeAccount(number);
}

/** psibase's `MethodNumber(text)`: 0 for invalid text. */
export function psibaseMethodNumber(text: string): bigint {
  return encodeMethod(text);
}

/** psibase's `MethodNumber(number).str()`. */
export function psibaseMethodText(number: bigint): string {
  return decodeMethod(number);
}

const u64Type = { Int: { bits: 64, isSigned: false } } as const;

/** An account as its number; in JSON its name. */
export const accountCodec: Codec<AccountName> = codecOf(accountLayout, {
  Custom: { type: u64Type, id: "AccountNumber" },
});

/** A method as its number; in JSON its name. */
export const methodCodec: Codec<MethodName> = codecOf(methodLayout, {
  Custom: { type: u64Type, id: "MethodNumber" },
});

function shown(text: string): string {
  return text.slice(0, 80);
}
