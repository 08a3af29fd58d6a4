import type { BlockHeader } from "@kith/protocol/block";
import { blockIdOfHeader } from "@kith/protocol/blocks";
import { verifyEventProof, type ProvedEvent } from "@kith/protocol/event-proof";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { AccountName, BlockId, BlockNum, Checksum, TransactionId } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import { parseEventProof, parseRowProof } from "@kith/protocol/proof-json";
import { err, ok, type Result } from "@kith/protocol/result";
import { addressHash, verifyRowProof, type RowAddress } from "@kith/protocol/row-proof";

import type { EventDefinition } from "./event.ts";
import { headerOf } from "./light/answer.ts";
import { bytesOf, memberOf } from "./light/members.ts";
import { encodePrefix, type Table } from "./table.ts";

/**
 * For clients that do not believe the node they ask: what `/common/proof/...` answers is checked against the root in a
 * header. Whether the header is the network's, the caller knows by its id.
 */
export type ProofError =
  /** The answer is not what such a request is answered with; `part` is what could not be read. */
  | {
      readonly code: "answer-malformed";
      readonly part: "header" | "headers" | "changes" | "row" | "proof";
    }
  /** No header carries the root yet: the network has made no block since. Ask again behind the next one. */
  | { readonly code: "header-missing" }
  /** The proof does not show it under this root. */
  | { readonly code: "not-proved" }
  /** Another event is proved than the one that was asked for. */
  | { readonly code: "other-event" }
  /** It is proved, and it is not what the service is said to declare. */
  | { readonly code: "data-malformed" };

export type HeaderOfAnswer = { readonly id: BlockId; readonly header: BlockHeader };

/** The header in an answer, with the id that its bytes have: compare that with one that you trust. */
export function headerOfAnswer(answer: unknown): Result<HeaderOfAnswer, ProofError> {
  const given = memberOf(answer, "header");
  if (given === null) return err({ code: "header-missing" });
  const header = headerOf(given);
  if (header === undefined) return err({ code: "answer-malformed", part: "header" });
  return ok({ id: blockIdOfHeader(header), header });
}

export type RowQuestion<Row, KeyName extends keyof Row, IndexName extends string> = {
  readonly service: AccountName;
  readonly table: Table<Row, KeyName, IndexName>;
  /** The table's place among those that the service declares, from 0. */
  readonly tableNumber: number;
  readonly key: Pick<Row, KeyName>;
};

/**
 * The row that an answer of `/common/proof/row` proves under `stateRoot`; undefined when it proves that there is none.
 *
 *     const proved = verifyRow({ service, table: balances, tableNumber: 0, key: { owner } }, answer, header.stateRoot);
 */
export function verifyRow<Row extends object, KeyName extends keyof Row, IndexName extends string>(
  question: RowQuestion<Row, KeyName, IndexName>,
  answer: unknown,
  stateRoot: Checksum,
): Result<Row | undefined, ProofError> {
  const packed = verifyPackedRow(addressOfRow(question), answer, stateRoot);
  if (!packed.ok || packed.value === undefined) return packed.ok ? ok(undefined) : packed;
  const row = question.table.row.unpack(packed.value);
  return row.ok ? ok(row.value) : err({ code: "data-malformed" });
}

/** The same of a row as the state has it, for those who know where it is. */
export function verifyPackedRow(
  address: RowAddress,
  answer: unknown,
  stateRoot: Checksum,
): Result<Uint8Array | undefined, ProofError> {
  const given = memberOf(answer, "row");
  const packed = given === null ? undefined : bytesOf(given);
  if (given !== null && packed === undefined) return err({ code: "answer-malformed", part: "row" });
  const proof = parseRowProof(memberOf(answer, "proof"));
  if (!proof.ok) return err({ code: "answer-malformed", part: "proof" });
  const root = bytesOfTrustedHex(stateRoot);
  const isProved = verifyRowProof(root, addressHash(address), proof.value, packed);
  return isProved ? ok(packed) : err({ code: "not-proved" });
}

export function addressOfRow<Row, KeyName extends keyof Row, IndexName extends string>({
  service,
  table,
  tableNumber,
  key,
}: RowQuestion<Row, KeyName, IndexName>): RowAddress {
  const [primary] = table.keys;
  if (primary === undefined) throw new TypeError(`${table.name} has no key`);
  return { service, space: tableNumber * 16, key: encodePrefix(primary, key) };
}

export type EventQuestion<Value> = {
  readonly service: AccountName;
  readonly event: EventDefinition<Value>;
  readonly transactionId: TransactionId;
};

export type VerifiedEvent<Value> = {
  readonly value: Value;
  /** Its number among all Merkle events of the network. */
  readonly id: number;
  readonly blockNum: BlockNum;
};

/** The event that an answer of `/common/proof/event/...` proves under `eventRoot`. */
export function verifyEvent<Value>(
  { service, event, transactionId }: EventQuestion<Value>,
  answer: unknown,
  eventRoot: Checksum,
): Result<VerifiedEvent<Value>, ProofError> {
  const record = verifyEventRecord(transactionId, answer, eventRoot);
  if (!record.ok) return record;
  const { id, type, rawData, blockNum } = record.value;
  const isAsked = record.value.service === service && type === methodNameConstant(event.name);
  if (!isAsked) return err({ code: "other-event" });
  const value = event.type.unpack(rawData);
  return value.ok ? ok({ value: value.value, id, blockNum }) : err({ code: "data-malformed" });
}

/** The same of an event of whatever service, as the transaction emitted it. */
export function verifyEventRecord(
  transactionId: TransactionId,
  answer: unknown,
  eventRoot: Checksum,
): Result<ProvedEvent, ProofError> {
  const proof = parseEventProof(memberOf(answer, "proof"));
  if (!proof.ok) return err({ code: "answer-malformed", part: "proof" });
  const proved = verifyEventProof(eventRoot, proof.value);
  if (!proved.ok) return err({ code: "not-proved" });
  if (proved.value.transactionId !== transactionId) return err({ code: "other-event" });
  return ok(proved.value);
}
