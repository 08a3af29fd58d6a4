import { verifyEd25519 } from "@kith/protocol/ed25519";
import { list } from "@kith/protocol/fracpack";
import { hostOperations } from "@kith/protocol/guest-abi";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { parseAccountName } from "@kith/protocol/names";
import { verifyP256 } from "@kith/protocol/p256";
import { ServiceAbort, type ActionHost, type QueryHost } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";
import { claimCodec } from "@kith/protocol/transactions";

import { rangeRowPrice } from "../fuel-prices.ts";
import { guestOperations, malformed, ofAction, textOf } from "./guest-operations.ts";
import type { Answer, Asked, Operate, Operations } from "./operation.ts";

const claims = list(claimCodec);

const keyBytes = { ed25519: 32, p256: 65 } as const;
const signatureBytes = 64;

/** What services may ask for. */
export const serviceOperations: Operations = new Map<number, Operate>([
  ...guestOperations,
  [hostOperations.verifyEd25519, (_, { input }) => verifies(input, "ed25519")],
  [hostOperations.verifyP256, (_, { input }) => verifies(input, "p256")],
  [hostOperations.transactionId, (host) => bytesOfTrustedHex(ofAction(host).transactionId)],
  [hostOperations.block, blockOf],
  [hostOperations.claims, (host) => claims.pack(ofAction(host).claims)],
  [hostOperations.get, (host, { words, input }) => host.get(words[2] ?? -1, input)],
  [hostOperations.range, rangeOf],
  [hostOperations.put, (host, { words, input }) => put(ofAction(host), words[2] ?? -1, input)],
  [
    hostOperations.remove,
    (host, { words, input }) => (ofAction(host).remove(words[2] ?? -1, input) ? 1 : 0),
  ],
  [hostOperations.runAs, (host, { input }) => ofAction(host).runAs(input)],
  [hostOperations.emit, emit],
  [hostOperations.checkCode, checkCode],
  [hostOperations.sql, sql],
  [hostOperations.user, ({ user }) => (user === undefined ? undefined : packText(user))],
]);

function put(host: ActionHost, table: number, row: Uint8Array): Answer {
  host.put(table, row);
  return 0;
}

function blockOf(host: QueryHost, { words }: Asked): Answer {
  const { blockTime } = host;
  words[1] = (blockTime % 2 ** 32) | 0;
  words[2] = Math.floor(blockTime / 2 ** 32);
  return host.blockNum;
}

function rangeOf(host: QueryHost, { words, input, charge }: Asked): Answer {
  const [, , table = -1, index = 0, fromSize = -1, toSize = -1, reverse = 0, limit = 0] = words;
  const fromEnd = Math.max(fromSize, 0);
  const rows = host.range(table, {
    index,
    ...(fromSize < 0 ? {} : { from: input.slice(0, fromEnd) }),
    ...(toSize < 0 ? {} : { to: input.slice(fromEnd, fromEnd + toSize) }),
    reverse: reverse !== 0,
    limit,
  });
  charge(rangeRowPrice * rows.length);
  return withSizes(rows);
}

function withSizes(rows: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const row of rows) size += 4 + row.length;
  const whole = new Uint8Array(size);
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const row of rows) {
    view.setUint32(at, row.length, true);
    whole.set(row, at + 4);
    at += 4 + row.length;
  }
  return whole;
}

function emit(host: QueryHost, { words, input }: Asked): Answer {
  const nameEnd = words[2] ?? 0;
  ofAction(host).emit(textOf(input.subarray(0, nameEnd)), input.slice(nameEnd));
  return 0;
}

function checkCode(host: QueryHost, { words, input }: Asked): Answer {
  const nameEnd = words[3] ?? 0;
  const account = parseAccountName(textOf(input.subarray(0, nameEnd)));
  if (!account.ok) throw malformed("the name of an account");
  ofAction(host).checkCode(words[2] ?? -1, input.slice(nameEnd), account.value);
  return 0;
}

function sql(host: QueryHost, { words, input }: Asked): Answer {
  const statementEnd = words[2] ?? 0;
  if (host.sql === undefined) throw new ServiceAbort("sql-unavailable", "only queries may use SQL");
  const statement = textOf(input.subarray(0, statementEnd));
  return packText(host.sql(statement, textOf(input.subarray(statementEnd))));
}

function verifies(input: Uint8Array, kind: keyof typeof keyBytes): Answer {
  const keyEnd = keyBytes[kind];
  const signatureEnd = keyEnd + signatureBytes;
  const [key, signature] = [input.slice(0, keyEnd), input.slice(keyEnd, signatureEnd)];
  const message = input.slice(signatureEnd);
  if (input.length < signatureEnd) return 0;
  const verify = kind === "ed25519" ? verifyEd25519 : verifyP256;
  return verify(message, key, signature) ? 1 : 0;
}
