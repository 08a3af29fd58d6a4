import { fail, fixedLayout, type Layout } from "../fracpack/layout.ts";
import { brandAccountName, brandMethodName, type AccountName, type MethodName } from "../ids.ts";
import { nameOfRank, rankMax, rankOf } from "./account-number.ts";
import { decodeMethod, encodeMethod } from "./method-number.ts";

const lowWordRanks = 2 ** 24;
const namesKept = 4096;
/** The lowest byte of a number is that of a subaccount. */
const rankUnit = 256n;

/** The same few methods are called again and again; a name costs microseconds to compute. */
const methodByNumber = new Map<bigint, MethodName>();
const numberByMethod = new Map<string, bigint>();

const accountByNumber = new Map<bigint, AccountName>();
const numberByAccount = new Map<unknown, bigint>();

/** The number of a name; undefined for anything that is not a name. */
export function knownAccountNumber(name: unknown): bigint | undefined {
  return numberByAccount.get(name) ?? (typeof name === "string" ? meetName(name) : undefined);
}

function meetName(name: string): bigint | undefined {
  const rank = rankOf(name);
  if (rank === undefined) return undefined;
  const number = BigInt(rank) * rankUnit;
  remember(numberByAccount, name, number);
  return number;
}

function meetNumber(number: bigint): AccountName | undefined {
  const name = number % rankUnit === 0n ? nameOfRank(Number(number / rankUnit)) : "";
  if (name === "") return undefined;
  const account = brandAccountName(name);
  remember(accountByNumber, number, account);
  return account;
}

/** A u64 account number; any number that is no name of a full account is refused. */
export const accountLayout: Layout<AccountName> = fixedLayout<AccountName>(8, {
  plain: {
    kind: "other",
    read: (view, at) => meetNumber(view.getBigUint64(at, true)),
    write: (view, at, name: AccountName) => {
      const number = knownAccountNumber(name);
      if (number === undefined) throw new RangeError(`${name} is not an account name`);
      view.setBigUint64(at, number, true);
    },
    known: { values: accountByNumber, numbers: numberByAccount },
  },
  put: (out, at, name) => {
    const rank = rankOf(name);
    if (rank === undefined) throw new RangeError(`${name} is not an account name`);
    out.setU32(at, (rank % lowWordRanks) * 256);
    out.setU32(at + 4, Math.floor(rank / lowWordRanks));
  },
  check: (input, at) => {
    const rank = rankAt(input.view, at);
    const valid = rank >= 1 && rank <= rankMax && input.view.getUint8(at) === 0;
    return valid || fail(input, "fracpack-value-not-allowed", at);
  },
  get: (source, at) => brandAccountName(nameOfRank(rankAt(source.view, at))),
});

/** A u64 method number; any number that no name has is refused. */
export const methodLayout: Layout<MethodName> = fixedLayout<MethodName>(8, {
  put: (out, at, name) => out.view.setBigUint64(at, methodNumberOf(name), true),
  check: (input, at) =>
    methodAt(input.view.getBigUint64(at, true)) !== undefined ||
    fail(input, "fracpack-value-not-allowed", at),
  get: (source, at) => {
    const name = methodAt(source.view.getBigUint64(at, true));
    if (name === undefined) throw new RangeError("a method number that was never validated");
    return name;
  },
});

function rankAt(view: DataView, at: number): number {
  return (view.getUint32(at, true) >>> 8) + lowWordRanks * view.getUint32(at + 4, true);
}

function methodNumberOf(name: MethodName): bigint {
  const known = numberByMethod.get(name);
  if (known !== undefined) return known;
  const number = encodeMethod(name);
  remember(numberByMethod, name, number);
  return number;
}

function methodAt(number: bigint): MethodName | undefined {
  const known = methodByNumber.get(number);
  if (known !== undefined) return known;
  const text = decodeMethod(number);
  if (number === 0n || encodeMethod(text) !== number) return undefined;
  const name = brandMethodName(text);
  remember(methodByNumber, number, name);
  return name;
}

function remember<K, V>(known: Map<K, V>, key: K, value: V): void {
  if (known.size >= namesKept) known.clear();
  known.set(key, value);
}
