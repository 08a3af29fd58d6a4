import { accountNameOf, psibaseAccountNumber } from "@kith/protocol/names";

import { accountTextsCachedMax } from "../limits.ts";

/**
 * Accounts in columns: the name, and for numbers that are no name's (a row may hold any) a text that stands in the same
 * order. Names are in the order of their numbers; a subaccount `name+007` comes behind `name` and before all that
 * start with it, because `+` is less than `-`; what is beyond the last name starts with `~`.
 */
const texts = new Map<number, string>();
const numbers = new Map<string, bigint>();

/** Ranks below this are whole numbers without loss: the name's rank is in the upper 56 bits. */
const highWordMax = 2 ** 29;
const subaccountDigits = 3;

export function accountTextOf(low: number, high: number): string {
  const rank = high * 2 ** 24 + (low >>> 8);
  const subaccount = low & 0xff;
  const name = high < highWordMax ? nameOf(rank) : undefined;
  if (name === undefined) return `~${hex(high)}${hex(low)}`;
  if (subaccount === 0) return name;
  return `${name}+${String(subaccount).padStart(subaccountDigits, "0")}`;
}

export function accountNumberOf(text: string): bigint {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  const number = parse(text);
  if (numbers.size >= accountTextsCachedMax) numbers.clear();
  numbers.set(text, number);
  return number;
}

function nameOf(rank: number): string | undefined {
  if (rank === 0) return "";
  const known = texts.get(rank);
  if (known !== undefined) return known;
  const name = accountNameOf(BigInt(rank) << 8n);
  if (!name.ok) return undefined;
  if (texts.size >= accountTextsCachedMax) texts.clear();
  texts.set(rank, name.value);
  return name.value;
}

function parse(text: string): bigint {
  if (text === "") return 0n;
  if (text.startsWith("~")) return BigInt(`0x${text.slice(1)}`);
  if (text.startsWith("+")) return BigInt(text.slice(1));
  return psibaseAccountNumber(text);
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}
