import { accountNameCharsMax } from "../limits.ts";

/**
 * Account numbers (psibase, NameEncoder): the rank of the name among all allowed names in the order of their text, in
 * the upper 56 bits; the lowest byte numbers a subaccount, written `name+42`. Ranks stay below 2^53, so plain
 * numbers hold them.
 */
const chars = "-0123456789abcdefghijklmnopqrstuvwxyz";
const regularChars = 36;

/** How many ways there are to go on behind a letter when `i` more characters may follow; the empty one counts. */
const tails: readonly { readonly withHyphen: number; readonly withoutHyphen: number }[] =
  tailCounts();

export const rankMax: number = regularChars * tailAt(accountNameCharsMax - 1).withHyphen;

/** The same few accounts come again and again, and a rank takes longer to compute than a whole row to pack. */
const ranksKept = 4096;
const rankByName = new Map<string, number>();
const nameByRank = new Map<number, string>();

/** The rank of a name, from 1; undefined for anything that is not a name. */
export function rankOf(name: string): number | undefined {
  const known = rankByName.get(name);
  if (known !== undefined) return known;
  const rank = computeRank(name);
  if (rank !== undefined) keep(rankByName, name, rank);
  return rank;
}

/** The name of a rank from 1 to `rankMax`; "" for any other. */
export function nameOfRank(rank: number): string {
  const known = nameByRank.get(rank);
  if (known !== undefined) return known;
  const name = computeName(rank);
  if (name !== "") keep(nameByRank, rank, name);
  return name;
}

function keep<K, V>(known: Map<K, V>, key: K, value: V): void {
  if (known.size >= ranksKept) known.clear();
  known.set(key, value);
}

function computeRank(name: string): number | undefined {
  if (name.length === 0 || name.length > accountNameCharsMax) return undefined;
  let rank = 0;
  let afterHyphen = false;
  for (let i = 0; i < name.length; i++) {
    const index = indexOfChar(name.charCodeAt(i));
    if (index < 0 || (index === 0 && (i === 0 || afterHyphen))) return undefined;
    const tail = tailAt(accountNameCharsMax - 1 - i);
    if (!afterHyphen) rank += 1;
    if (index > 0) {
      rank += (index - 1) * tail.withHyphen;
      if (i > 0 && !afterHyphen) rank += tail.withoutHyphen;
    }
    afterHyphen = index === 0;
  }
  return afterHyphen ? undefined : rank;
}

function computeName(rank: number): string {
  if (rank < 1 || rank > rankMax) return "";
  let rest = rank;
  let name = "";
  let afterHyphen = false;
  while (rest !== 0 || afterHyphen) {
    if (!afterHyphen) rest -= 1;
    const tail = tailAt(accountNameCharsMax - 1 - name.length);
    let index = 1;
    if (name !== "" && !afterHyphen) {
      if (rest >= tail.withoutHyphen) rest -= tail.withoutHyphen;
      else index = 0;
    }
    if (index === 1) {
      const steps = Math.floor(rest / tail.withHyphen);
      index += steps;
      rest -= steps * tail.withHyphen;
    }
    name += chars.charAt(index);
    afterHyphen = index === 0;
  }
  return name;
}

/** psibase's `AccountNumber(text)`: 0 for what is no name; upper case counts as lower case; `name+42`. */
export function encodeAccount(text: string): bigint {
  const [name = "", subaccount, ...more] = text.split("+");
  const rank = rankOf(name.toLowerCase());
  if (rank === undefined || more.length > 0) return 0n;
  if (subaccount === undefined) return BigInt(rank) << 8n;
  if (!/^[0-9]{1,3}$/.test(subaccount) || Number(subaccount) > 255) return 0n;
  return (BigInt(rank) << 8n) | BigInt(subaccount);
}

/** psibase's `AccountNumber(number).str()`: "" for 0 and for numbers beyond the last name. */
export function decodeAccount(number: bigint): string {
  const name = nameOfRank(Number(number >> 8n));
  const subaccount = number & 0xffn;
  return subaccount === 0n ? name : `${name}+${subaccount}`;
}

/** Below 0 for a character that no name has. */
function indexOfChar(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 11;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 1;
  return code === 0x2d ? 0 : -1;
}

function tailAt(charsLeft: number): {
  readonly withHyphen: number;
  readonly withoutHyphen: number;
} {
  return tails[charsLeft] ?? { withHyphen: 0, withoutHyphen: 0 };
}

function tailCounts(): { readonly withHyphen: number; readonly withoutHyphen: number }[] {
  let last = { withHyphen: 1, withoutHyphen: 0 };
  const counts = [last];
  while (counts.length < accountNameCharsMax) {
    const withoutHyphen = regularChars * last.withHyphen;
    last = { withHyphen: last.withoutHyphen + withoutHyphen + 1, withoutHyphen };
    counts.push(last);
  }
  return counts;
}
