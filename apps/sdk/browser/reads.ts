import { parseBlockId, type BlockId, type BlockNum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import { addressOf } from "../client/connection.ts";
import type { LightClient } from "../light-client.ts";
import { askNode, type LightPort } from "../light/ask-node.ts";
import { keyJsonOf } from "../light/key-json.ts";
import type { LightClientError } from "../light/light-error.ts";
import { bytesOf, memberOf } from "../light/members.ts";
import type { RowQuestion } from "../proof.ts";

/** What a node says. It may be wrong, or old, and nothing shows that. */
export type Answered<T> = { readonly trust: "answered"; readonly value: T };

/**
 * What a quorum of the network's producers has signed for, checked in this page. It was true after block `block`; whether that is the
 * newest one no proof can show, so look at the time.
 */
export type Verified<T> = {
  readonly trust: "verified";
  readonly value: T;
  readonly block: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
};

/** Why a read gives nothing. */
export type ReadError = LightClientError;

type Place = {
  readonly root: string;
  readonly port: LightPort;
  /** The network's id, or what was proved before. */
  readonly trusted: BlockId | Uint8Array;
  /** Keeps what was proved, for the next time. */
  readonly keep: (checkpoint: Uint8Array) => void;
};

/** Reads of rows and headers, as a node answers them or, with `verify: true`, proved in this page. */
export class Reads {
  readonly #place: Place;
  /** What checks signatures is a large part of the SDK, and comes only to pages that check. */
  #light: Promise<LightClient> | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  /**
   * A row by its primary key; `value` is undefined when there is none.
   *
   *     const balance = await kith.reads.row({ service, table: balances, tableNumber: 0, key: { owner }, verify: true });
   */
  row<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    question: RowQuestion<Row, KeyName, IndexName> & { readonly verify: true },
  ): Promise<Result<Verified<Row | undefined>, ReadError>>;
  row<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    question: RowQuestion<Row, KeyName, IndexName> & { readonly verify?: false },
  ): Promise<Result<Answered<Row | undefined>, ReadError>>;
  async row<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    question: RowQuestion<Row, KeyName, IndexName> & { readonly verify?: boolean },
  ): Promise<Result<Read<Row | undefined>, ReadError>> {
    if (question.verify !== true) return answeredRow(this.#place, question);
    const client = await this.#client();
    const proved = await client.row(question);
    this.#keep(client);
    if (!proved.ok) return proved;
    const { value, by } = proved.value;
    // A header's root is that of the state after the block that it names as executed.
    return ok({ trust: "verified", value, block: by.header.executedNum, time: by.header.time });
  }

  /** The newest final block that the network shows, by its id. */
  head(wanted: { readonly verify: true }): Promise<Result<Verified<BlockId>, ReadError>>;
  head(wanted?: { readonly verify?: false }): Promise<Result<Answered<BlockId>, ReadError>>;
  async head(
    wanted: { readonly verify?: boolean } = {},
  ): Promise<Result<Read<BlockId>, ReadError>> {
    if (wanted.verify !== true) return answeredHead(this.#place);
    const client = await this.#client();
    const proved = await client.newest();
    this.#keep(client);
    if (!proved.ok) return proved;
    const { header, id } = proved.value;
    return ok({ trust: "verified", value: id, block: header.blockNum, time: header.time });
  }

  #client(): Promise<LightClient> {
    const { root, port, trusted } = this.#place;
    this.#light ??= import("../light-client.ts").then(
      (loaded) => new loaded.LightClient({ root, port, trusted }),
    );
    return this.#light;
  }

  #keep({ packedCheckpoint }: LightClient): void {
    if (packedCheckpoint !== undefined) this.#place.keep(packedCheckpoint);
  }
}

type Read<T> = Answered<T> | Verified<T>;

async function answeredRow<Row extends object, KeyName extends keyof Row, IndexName extends string>(
  { root, port }: Place,
  { service, table, key }: RowQuestion<Row, KeyName, IndexName>,
): Promise<Result<Answered<Row | undefined>, ReadError>> {
  const place = `service=${service}&table=${encodeURIComponent(table.name)}`;
  const target = `/common/proof/row?${place}&key=${encodeURIComponent(keyJsonOf(key))}`;
  const answer = await askNode(port, addressOf(root, undefined, target));
  if (!answer.ok) return answer;
  const given = memberOf(answer.value, "row");
  if (given === null) return ok({ trust: "answered", value: undefined });
  const packed = bytesOf(given);
  const row = packed === undefined ? undefined : table.row.unpack(packed);
  if (row?.ok !== true) return err({ code: "data-malformed" });
  return ok({ trust: "answered", value: row.value });
}

async function answeredHead({ root, port }: Place): Promise<Result<Answered<BlockId>, ReadError>> {
  const answer = await askNode(port, addressOf(root, undefined, "/common/head"));
  if (!answer.ok) return answer;
  const text = memberOf(answer.value, "id");
  const id = parseBlockId(typeof text === "string" ? text : "");
  return id.ok
    ? ok({ trust: "answered", value: id.value })
    : err({ code: "answer-malformed", part: "header" });
}
