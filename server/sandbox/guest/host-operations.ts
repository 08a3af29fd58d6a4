import { verifyEd25519 } from "@kith/protocol/ed25519";
import { list } from "@kith/protocol/fracpack";
import { hostOperations } from "@kith/protocol/guest-abi";
import { bytesOfTrustedHex, fromHex, sha256, toHex } from "@kith/protocol/hashes";
import { parseAccountName, parseMethodName } from "@kith/protocol/names";
import { verifyP256 } from "@kith/protocol/p256";
import { ServiceAbort, type ActionHost, type QueryHost } from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";
import { claimCodec } from "@kith/protocol/transactions";

import { rangeRowPrice } from "../fuel-prices.ts";

/** One operation that a guest asks for: the words of its header and its input. */
type Asked = {
  readonly words: Int32Array;
  readonly input: Uint8Array;
  readonly text: string | undefined;
  /** Takes fuel for what the input did not show. */
  readonly charge: (fuel: number) => void;
};

/** A number for word 0, bytes as output, or a text. */
export type Answer = number | Uint8Array | { readonly text: string } | undefined;

const claims = list(claimCodec);

type Operate = (host: QueryHost, asked: Asked) => Answer;

const keyBytes = { ed25519: 32, p256: 65 } as const;
const signatureBytes = 64;
/** A query's host has no caller, no transaction and no way to write. */
const notHere = "not-in-queries";

/** What each operation does. `undefined` is the answer "absent". */
export const operations: ReadonlyMap<number, Operate> = new Map<number, Operate>([
  [hostOperations.encodeText, (_, { text }) => packText(text ?? "")],
  [hostOperations.decodeText, (_, { input }) => textAnswer(input)],
  [hostOperations.isUtf8, (_, { input }) => (unpackText(input) === undefined ? 0 : 1)],
  [hostOperations.encodeHex, (_, { input }) => packText(toHex(input))],
  [hostOperations.decodeHex, (_, { text }) => hexOf(text ?? "")],
  [hostOperations.sha256, (_, { input }) => sha256(input)],
  [hostOperations.verifyEd25519, (_, { input }) => verifies(input, "ed25519")],
  [hostOperations.verifyP256, (_, { input }) => verifies(input, "p256")],
  [hostOperations.self, (host) => packText(host.self)],
  [hostOperations.sender, (host) => packText(ofAction(host).sender)],
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
  [hostOperations.call, call],
  [hostOperations.runAs, (host, { input }) => ofAction(host).runAs(input)],
  [hostOperations.emit, emit],
  [hostOperations.checkCode, checkCode],
  [hostOperations.sql, sql],
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

function call(host: QueryHost, { words, input }: Asked): Answer {
  const serviceEnd = words[2] ?? 0;
  const methodEnd = serviceEnd + (words[3] ?? 0);
  const service = parseAccountName(textOf(input.subarray(0, serviceEnd)));
  const method = parseMethodName(textOf(input.subarray(serviceEnd, methodEnd)));
  if (!service.ok || !method.ok) throw malformed("the name of a service or an action");
  return host.call(service.value, method.value, input.slice(methodEnd));
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

function hexOf(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (!bytes.ok) throw malformed("hex");
  return bytes.value;
}

function textAnswer(bytes: Uint8Array): Answer {
  const text = unpackText(bytes);
  return text === undefined ? undefined : { text };
}

function textOf(bytes: Uint8Array): string {
  const text = unpackText(bytes);
  if (text === undefined) throw malformed("a text");
  return text;
}

function malformed(what: string): ServiceAbort {
  return new ServiceAbort("host-call-malformed", `${what} of a host call is unreadable`);
}

/** Which of the two a host is, it shows by what it has. */
function ofAction(host: QueryHost): ActionHost {
  if (!isActionHost(host))
    throw new ServiceAbort(notHere, "a query has no caller and writes nothing");
  return host;
}

function isActionHost(host: QueryHost): host is ActionHost {
  return "put" in host;
}
