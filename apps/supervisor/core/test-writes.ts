import { parseTransactionId, type AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import type { EffectRow } from "./database.ts";
import type { SignedWrite } from "./writes.ts";

export const alice = accountNameConstant("alice");
export const berta = accountNameConstant("berta");
export const board = accountNameConstant("board");
export const chat = accountNameConstant("chat");

export type Sent = {
  readonly app?: AccountName;
  readonly user?: AccountName;
  readonly effects?: readonly EffectRow[];
};

/** A signed write whose bytes are its number. */
export function writeOf(
  number: number,
  { app = board, user = alice, effects = [] }: Sent = {},
): SignedWrite {
  const id = parseTransactionId(number.toString(16).padStart(2, "0").repeat(32));
  if (!id.ok) throw new Error(`${number} has too many digits`);
  return {
    id: id.value,
    app,
    user,
    bytes: Uint8Array.of(number),
    actions: ["board::reply"],
    isRepeatable: true,
    effects,
  };
}
