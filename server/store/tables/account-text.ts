import { accountNameOfRank, accountRank } from "@kith/protocol/names";

/** The lower and the upper half of a number of 64 bits. */
export type Words = { readonly low: number; readonly high: number };

/** The upper 56 bits are the rank; below this upper half a number holds it without loss. */
const exactHighMax = 2 ** 29;
const rankLowBits = 24;
const subaccountDigits = 3;

/**
 * Accounts in columns: the name, and for numbers that are no name's (a row may hold any) a text that stands in the same
 * order. Names are in the order of their numbers; a subaccount `name+007` comes behind `name` and before all that
 * start with it, because `+` is less than `-`; what is beyond the last name starts with `~`.
 */
export function accountTextOf(low: number, high: number): string {
  const rank = high * 2 ** rankLowBits + (low >>> 8);
  const subaccount = low & 0xff;
  const name = high < exactHighMax ? accountNameOfRank(rank) : "";
  if (name === "" && rank !== 0) return `~${hex(high)}${hex(low)}`;
  if (subaccount === 0) return name;
  return `${name}+${String(subaccount).padStart(subaccountDigits, "0")}`;
}

export function accountNumberOf(text: string): Words {
  const rank = accountRank(text);
  return rank === undefined ? numberOfOther(text) : wordsOf(rank, 0);
}

function numberOfOther(text: string): Words {
  if (text.startsWith("~")) {
    return { high: Number.parseInt(text.slice(1, 9), 16), low: Number.parseInt(text.slice(9), 16) };
  }
  const [name = "", subaccount = "0"] = text.split("+");
  return wordsOf(accountRank(name) ?? 0, Number(subaccount));
}

function wordsOf(rank: number, subaccount: number): Words {
  const rankLow = rank % 2 ** rankLowBits;
  return { low: rankLow * 2 ** 8 + subaccount, high: (rank - rankLow) / 2 ** rankLowBits };
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}
