import { encodeKey } from "@kith/protocol/key";
import { accountNameConstant, accountNumber } from "@kith/protocol/names";
import type { Column, TableColumns } from "@kith/protocol/table-columns";

/** What the tests of tables share: a table of balances, as a service of tokens has it. */

const account: Column["type"] = { kind: "account" };
const u64: Column["type"] = { kind: "integer", sizeBytes: 8, isSigned: false };

const balanceFields: readonly Column[] = [
  { name: "owner", type: account, optional: false },
  { name: "token", type: account, optional: false },
  { name: "amount", type: u64, optional: false },
];

/** Index 1 is by token, index 2 by amount. */
export function balanceColumns(name: string, keys = [[0, 1]]): TableColumns {
  return { name, columns: balanceFields, keys, types: {} };
}

export function balanceKey(owner: string): Uint8Array {
  return encodeKey([
    { kind: "account", value: accountNameConstant(owner) },
    { kind: "account", value: accountNameConstant("kith") },
  ]);
}

export function balanceRow(owner: string, amount: bigint): Uint8Array {
  const row = new Uint8Array(26);
  const view = new DataView(row.buffer);
  view.setUint16(0, 24, true);
  view.setBigUint64(2, accountNumber(accountNameConstant(owner)), true);
  view.setBigUint64(10, accountNumber(accountNameConstant("kith")), true);
  view.setBigUint64(18, amount, true);
  return row;
}
