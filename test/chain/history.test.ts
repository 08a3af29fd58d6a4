import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockResult } from "@kith/chain/apply-block";
import { rowAddressOf } from "@kith/chain/row-address";
import type { EventsPage, EventsQuery, HistoryError, HistoryPort } from "@kith/http/history-port";
import { FinalHeaders } from "@kith/node/final-headers";
import { openHistory } from "@kith/node/history";
import type { SealedBlock } from "@kith/protocol/block";
import { headerCodec, sealBlock } from "@kith/protocol/blocks";
import { verifyEventProof } from "@kith/protocol/event-proof";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { blockNumOf, type BlockNum, type TransactionId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Result } from "@kith/protocol/result";
import { verifyRowProof, addressHash } from "@kith/protocol/row-proof";
import type { Action } from "@kith/protocol/transaction";
import { packAction } from "@kith/sdk/transaction";
import type { OpenedEvents } from "@kith/store/events";

import { owner, ownerKey, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";
import { openedEvents } from "./opened-events.ts";

/** A network of one with everything that a node keeps of its history. */
class World {
  readonly network = new TestNetwork({ services: [notes.module, notesPeer.module] });
  readonly blocks = new Map<BlockNum, SealedBlock>();
  readonly headers = new FinalHeaders({
    readBlock: (num) => {
      const block = this.blocks.get(num);
      return block === undefined ? { kind: "absent" } : { kind: "found", block };
    },
  });
  readonly events: OpenedEvents;
  readonly history: HistoryPort;

  constructor() {
    this.events = openedEvents();
    const { chain } = this.network;
    this.history = openHistory({ chain, events: this.events, headers: this.headers });
    this.blocks.set(blockNumOf(1), this.network.genesis);
  }

  /** The next block; its header says what was true `lag` blocks before. */
  block(actions: readonly Action[] = [], lag = 1): BlockResult {
    const { network } = this;
    const before = network.chain.applied();
    const at = network.state.appliedAt(blockNumOf((before?.num ?? 0) + 1 - lag));
    assert.ok(before !== undefined && at !== undefined);
    const transactions = actions.length === 0 ? [] : [network.transaction(actions, ownerKey)];
    const { num: executedNum, stateRoot, eventRoot } = at;
    const draft = { ...network.draft(before), executedNum, stateRoot, eventRoot };
    network.time++;
    const block = sealBlock(
      draft,
      transactions.map(({ bytes }) => bytes),
    );
    this.blocks.set(block.header.blockNum, block);
    const result = network.apply(block);
    assert.deepEqual(
      result.receipts.map(({ failure }) => failure),
      transactions.map(() => undefined),
    );
    this.headers.note(block);
    const { num, time } = result.applied;
    this.events.append({ num, time, events: result.events, tree: result.eventTree });
    return result;
  }

  transactionOf({ receipts }: BlockResult): TransactionId {
    const [receipt] = receipts;
    assert.ok(receipt !== undefined);
    return receipt.transactionId;
  }
}

function emit(times = 1): Action {
  return packAction(owner, notes, "emitMany", { sizeBytes: 1, times });
}

function see(number: number, topic = "t"): Action {
  return packAction(owner, notes, "see", { topic, number, size: 1n });
}

function add(number: number, text: string): Action {
  return packAction(owner, notes, "add", { number, topic: "t", text });
}

function codeOf(result: Result<unknown, HistoryError>): string {
  return result.ok ? "ok" : result.error.code;
}

const query: EventsQuery = { service: notes.name, limit: 100, reverse: false };

function numbersOf(page: Result<EventsPage, HistoryError>): readonly unknown[] {
  assert.ok(page.ok, JSON.stringify(page));
  return page.value.events.map(({ data }) =>
    typeof data === "object" && data !== null && "number" in data ? data.number : undefined,
  );
}

test("events are listed with their data as JSON, page by page in both directions, without a hole or a double", () => {
  const world = new World();
  for (let number = 1; number <= 7; number++) world.block([see(number), see(number + 100)]);
  for (const reverse of [false, true]) {
    const found: unknown[] = [];
    let after: number | undefined;
    for (;;) {
      const page = world.history.events({
        ...query,
        event: "seen",
        limit: 3,
        reverse,
        ...(after === undefined ? {} : { after }),
      });
      found.push(...numbersOf(page));
      after = page.ok ? page.value.events.at(-1)?.sequence : undefined;
      if (!page.ok || !page.value.more) break;
    }
    const expected = [1, 2, 3, 4, 5, 6, 7].flatMap((number) => [number, number + 100]);
    assert.deepEqual(found, reverse ? expected.toReversed() : expected);
  }
  const page = world.history.events({ ...query, from: blockNumOf(3), to: blockNumOf(5) });
  assert.deepEqual(numbersOf(page), [2, 102, 3, 103]);
  assert.ok(page.ok);
  const [first] = page.value.events;
  assert.deepEqual([first?.blockNum, first?.kind, first?.event], [3, "history", "seen"]);
  assert.equal(first?.blockTime, world.blocks.get(blockNumOf(3))?.header.time);
  assert.deepEqual(first?.data, {
    owner: "owner",
    number: 2,
    topic: "t",
    size: "1",
    pinned: false,
    mark: "AB".repeat(32),
  });
});

test("events are found by declared indexes, and whoever asks wrongly is told what is wrong", () => {
  const world = new World();
  world.block([see(1, "a"), see(2, "b"), emit()]);
  world.block([see(3, "a")]);
  const byTopic = { ...query, event: "Seen", index: { field: "topic", value: "a" } };
  assert.deepEqual(numbersOf(world.history.events(byTopic)), [1, 3]);
  assert.deepEqual(numbersOf(world.history.events({ ...byTopic, reverse: true, limit: 1 })), [3]);
  assert.equal(numbersOf(world.history.events(query)).length, 4);
  const codes = [
    [{ service: accountNameConstant("nobody") }, "service-unknown"],
    [{ event: "nothing" }, "event-undeclared"],
    [{ event: "seen", index: { field: "owner", value: "alice" } }, "event-index-unknown"],
    [{ event: "seen", index: { field: "number", value: "x" } }, "index-value-malformed"],
    [{ event: "noted", index: { field: "owner", value: "no name" } }, "index-value-malformed"],
  ] as const;
  for (const [wrong, code] of codes) {
    assert.equal(codeOf(world.history.events({ ...query, ...wrong })), code);
  }
});

test("an event is proved under the newest header that knows of it, or under none while there is none", () => {
  const world = new World();
  const emitted = world.block([emit(2)]);
  const id = world.transactionOf(emitted);
  const fresh = world.history.proveEvent(id, 1, undefined);
  assert.ok(fresh.ok);
  assert.deepEqual([fresh.value.header, fresh.value.num], [undefined, emitted.applied.num]);
  assert.equal(fresh.value.root, emitted.applied.eventRoot);
  assert.ok(verifyEventProof(fresh.value.root, fresh.value.proof).ok);

  world.block([emit()]);
  world.block();
  const proved = world.history.proveEvent(id, 1, undefined);
  assert.ok(proved.ok && proved.value.header !== undefined);
  assert.deepEqual([proved.value.header.num, proved.value.num], [4, 3]);
  // All that a reader needs: the header, whose id it trusts, and the proof.
  const header = headerCodec.unpack(proved.value.header.bytes);
  assert.ok(header.ok);
  const verified = verifyEventProof(header.value.eventRoot, proved.value.proof);
  assert.ok(verified.ok);
  assert.deepEqual([verified.value.transactionId, verified.value.blockNum], [id, 2]);
  assert.equal(proved.value.event.merkle?.index, 1);
});

test("an event is proved under any header that was asked for and knows of it", () => {
  const world = new World();
  const id = world.transactionOf(world.block([emit()]));
  for (let more = 0; more < 6; more++) world.block([emit()]);
  for (let at = 3; at <= 8; at++) {
    const proved = world.history.proveEvent(id, 0, blockNumOf(at));
    assert.ok(proved.ok && proved.value.header?.num === at);
    assert.equal(proved.value.num, at - 1);
    assert.ok(verifyEventProof(proved.value.root, proved.value.proof).ok);
  }
  const ask = (index: number, at?: number): string =>
    codeOf(world.history.proveEvent(id, index, at === undefined ? undefined : blockNumOf(at)));
  assert.equal(ask(0, 2), "event-not-yet");
  assert.equal(ask(0, 0), "header-unknown");
  assert.equal(ask(0, 9), "header-unknown");
  assert.equal(ask(1), "event-unknown");
  assert.equal(ask(1, 5), "event-unknown");
});

test("a row is proved under the newest header that knows it as it is, or under none", () => {
  const world = new World();
  const rowOf = (number: number) => world.history.proveRow(notes.name, "notes", { owner, number });
  const check = (number: number, num: number, header: number | undefined): void => {
    const proved = rowOf(number);
    assert.ok(proved.ok);
    assert.deepEqual([proved.value.num, proved.value.header?.num], [num, header]);
    const { address } = addressFound(number);
    const packed = proved.value.row?.packed;
    const given = proved.value.header?.bytes;
    const decoded = given === undefined ? undefined : headerCodec.unpack(given);
    const root = decoded?.ok === true ? decoded.value.stateRoot : proved.value.root;
    assert.equal(root, proved.value.root);
    const { proof } = proved.value;
    assert.ok(verifyRowProof(bytesOfTrustedHex(root), addressHash(address), proof, packed));
  };
  world.block([add(1, "one")]);
  check(1, 2, undefined);
  check(9, 1, 2);
  world.block([add(2, "two")]);
  check(1, 2, 3);
  check(2, 3, undefined);
  world.block([add(1, "new")]);
  check(1, 4, undefined);
  check(2, 3, 4);
  // A header that lags says something of an earlier block; the newest one that serves is taken.
  world.block([], 3);
  check(2, 3, 4);
  check(1, 5, undefined);
  world.block([], 2);
  check(1, 4, 6);
  const now = rowOf(1);
  assert.deepEqual(now.ok && now.value.row?.value, {
    owner: "owner",
    number: 1,
    topic: "t",
    text: "new",
  });
});

function addressFound(number: number) {
  const found = rowAddressOf(notes.module.definition, "notes", { owner, number });
  assert.ok(found.ok);
  return found.value;
}

test("rows that cannot be asked for have codes", () => {
  const world = new World();
  const ask = (service: string, table: string, key: unknown): string =>
    codeOf(world.history.proveRow(accountNameConstant(service), table, key));
  assert.equal(ask("nobody", "notes", {}), "service-unknown");
  assert.equal(ask("notes", "nothing", {}), "table-unknown");
  assert.equal(ask("notes", "notes", { owner }), "key-malformed");
});
