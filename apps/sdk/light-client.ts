import { checkpointCodec, type Checkpoint } from "@kith/protocol/checkpoint";
import type { ProvedEvent } from "@kith/protocol/event-proof";
import { parseBlockNum, type BlockId, type TransactionId } from "@kith/protocol/ids";
import type { ProvedHeader } from "@kith/protocol/light-client";
import { err, ok, type Result } from "@kith/protocol/result";
import type { RowAddress } from "@kith/protocol/row-proof";

import { addressOf } from "./client/connection.ts";
import { shownHeaderOf } from "./light/answer.ts";
import { askNode, type LightPort, type NodeError } from "./light/ask-node.ts";
import { FollowedChain } from "./light/followed-chain.ts";
import { keyJsonOf } from "./light/key-json.ts";
import type { LightClientError } from "./light/light-error.ts";
import { memberOf } from "./light/members.ts";
import {
  addressOfRow,
  verifyEvent,
  verifyEventRecord,
  verifyPackedRow,
  type EventQuestion,
  type RowQuestion,
  type VerifiedEvent,
} from "./proof.ts";

export type { Checkpoint, LightClientError, LightPort, ProvedHeader };

export type LightConnection = {
  /** Where some node of the network is, by its root host: `https://kith.example`. It is asked, and not believed. */
  readonly root: string;
  readonly port: LightPort;
  /** What is believed: the id of the network's genesis block, or a checkpoint that was kept (`packedCheckpoint`). */
  readonly trusted: BlockId | Uint8Array;
};

export type PackedRowQuestion = {
  readonly address: RowAddress;
  /** The table's name, and the key as JSON: an object with exactly the key's fields. */
  readonly table: string;
  readonly keyJson: string;
};

/** What is proved, and by which header: it says what was true after block `header.executedNum`, and when that was (`header.time`). */
export type Proved<T> = { readonly value: T; readonly by: ProvedHeader };

/**
 * Reads from a network whose nodes may all lie: rows, events and headers are believed only when a quorum of the producers signed
 * for them (`@kith/protocol/light-client` says how, and what that is worth). It starts from the genesis block's id, follows every
 * change of producers, and never goes back; what it knows may be kept and given to the next one. What a node can still do is to withhold
 * what is newest, so look at the times. Whoever signed an old checkpoint's blocks could sign others in their place, so keep the newest.
 *
 * Questions may be asked at the same time. Each takes a request or two, a page for each 64 changes of producers that are new, and an
 * Ed25519 verification for each vote (decision 0130 says what that costs). No answer is read beyond 16 MiB, no question goes
 * through more than 1024 pages.
 *
 *     const port = { fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(20_000) }) };
 *     const light = new LightClient({ root, port, trusted: chainId });
 *     const row = await light.row({ service, table: balances, tableNumber: 0, key: { owner } });
 *     if (row.ok) show(row.value.value, new Date(row.value.by.header.time / 1000));
 */
export class LightClient {
  readonly #root: string;
  readonly #port: LightPort;
  readonly #chain: FollowedChain;

  constructor({ root, port, trusted }: LightConnection) {
    this.#root = root;
    this.#port = port;
    this.#chain = new FollowedChain(trusted, (path) => this.#ask(path));
  }

  /** The newest block that is known to be final, and who decides behind it; undefined before anything was proved. */
  get checkpoint(): Checkpoint | undefined {
    return this.#chain.checkpoint;
  }

  /** To be kept, and trusted as your own storage is; about 100 bytes and 70 for each producer. */
  get packedCheckpoint(): Uint8Array | undefined {
    const { checkpoint } = this.#chain;
    return checkpoint === undefined ? undefined : checkpointCodec.pack(checkpoint);
  }

  /** The newest final block, as far as the node tells. */
  async newest(): Promise<Result<ProvedHeader, LightClientError>> {
    const shown = await this.#shown("/common/light/header");
    return shown.ok ? ok(shown.value.by) : shown;
  }

  /**
   * The header of block `num`, from 1. One that is older than the checkpoint is proved by way of all headers between, 128 a page, as far
   * back as the node keeps them.
   */
  async header(num: number): Promise<Result<ProvedHeader, LightClientError>> {
    if (num === 0 || !parseBlockNum(num).ok) return err({ code: "light-num-invalid", num });
    const start = await this.#chain.start();
    if (!start.ok) return start;
    if (num <= start.value.block.num) return this.#chain.ancestor(num);
    const answer = await this.#ask(`/common/light/header?num=${num}`);
    if (!answer.ok) return isNotCertified(answer.error) ? this.#beforeNewest(num) : answer;
    const shown = shownHeaderOf(answer.value);
    if (shown === undefined) return err(malformed);
    const { blockNum } = shown.header;
    if (blockNum !== num) return err({ code: "light-header-wrong", num: blockNum, wanted: num });
    return this.#chain.believe(shown, 0);
  }

  /** A row by its primary key, as it is now; `value` is undefined when there is none. */
  async row<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    question: RowQuestion<Row, KeyName, IndexName>,
  ): Promise<Result<Proved<Row | undefined>, LightClientError>> {
    const address = addressOfRow(question);
    const { table, key } = question;
    const packed = await this.packedRow({ address, table: table.name, keyJson: keyJsonOf(key) });
    if (!packed.ok) return packed;
    const { value, by } = packed.value;
    if (value === undefined) return ok({ value, by });
    const row = table.row.unpack(value);
    return row.ok ? ok({ value: row.value, by }) : err({ code: "data-malformed" });
  }

  /** A row as the state has it, for those who know the service by its schema: where it is, and how its node is asked for it. */
  async packedRow(
    question: PackedRowQuestion,
  ): Promise<Result<Proved<Uint8Array | undefined>, LightClientError>> {
    const { address, table, keyJson } = question;
    const place = `service=${address.service}&table=${encodeURIComponent(table)}`;
    const key = encodeURIComponent(keyJson);
    const shown = await this.#shown(`/common/proof/row?${place}&key=${key}&certified=true`);
    if (!shown.ok) return shown;
    const { answer, by } = shown.value;
    const row = verifyPackedRow(address, answer, by.header.stateRoot);
    return row.ok ? ok({ value: row.value, by }) : row;
  }

  /**
   * A transaction's Merkle event; `index` is its place among those of the transaction, from 0. Proved is that the transaction emitted it.
   * Where it emitted several of the same name, a node can show another of them: their values, or `id`, tell them apart.
   */
  async event<Value>(
    question: EventQuestion<Value>,
    index = 0,
  ): Promise<Result<Proved<VerifiedEvent<Value>>, LightClientError>> {
    const shown = await this.#shown(eventPath(question.transactionId, index));
    if (!shown.ok) return shown;
    const { answer, by } = shown.value;
    const event = verifyEvent(question, answer, by.header.eventRoot);
    return event.ok ? ok({ value: event.value, by }) : event;
  }

  /** The same of an event of whatever service, for those who read it by its schema. */
  async eventRecord(
    transactionId: TransactionId,
    index = 0,
  ): Promise<Result<Proved<ProvedEvent>, LightClientError>> {
    const shown = await this.#shown(eventPath(transactionId, index));
    if (!shown.ok) return shown;
    const { answer, by } = shown.value;
    const record = verifyEventRecord(transactionId, answer, by.header.eventRoot);
    return record.ok ? ok({ value: record.value, by }) : record;
  }

  /** An answer, and the header in it, which is proved and no older than what was known when the node was asked. */
  async #shown(path: string): Promise<Result<Shown, LightClientError>> {
    const start = await this.#chain.start();
    if (!start.ok) return start;
    const answer = await this.#ask(path);
    if (!answer.ok) return answer;
    if (memberOf(answer.value, "header") === null) return err({ code: "header-missing" });
    const shown = shownHeaderOf(answer.value);
    if (shown === undefined) return err(malformed);
    const by = await this.#chain.believe(shown, start.value.block.num);
    return by.ok ? ok({ answer: answer.value, by: by.value }) : by;
  }

  /** The nearest proof that the node keeps is too far behind the block for a certificate. */
  async #beforeNewest(num: number): Promise<Result<ProvedHeader, LightClientError>> {
    const newest = await this.newest();
    if (!newest.ok) return newest;
    const { blockNum: newestNum } = newest.value.header;
    if (newestNum >= num) return this.#chain.ancestor(num);
    return err({ code: "light-header-wrong", num: newestNum, wanted: num });
  }

  #ask(path: string): Promise<Result<unknown, NodeError>> {
    return askNode(this.#port, addressOf(this.#root, undefined, path));
  }
}

function eventPath(transactionId: TransactionId, index: number): string {
  return `/common/proof/event/${transactionId}/${index}?certified=true`;
}

type Shown = { readonly answer: unknown; readonly by: ProvedHeader };

const malformed = { code: "answer-malformed", part: "header" } as const;

function isNotCertified(error: NodeError): boolean {
  return error.code === "refused" && error.reason === "block-not-certified";
}
