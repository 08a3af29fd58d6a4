import assert from "node:assert/strict";
import { test } from "node:test";

import type { EventPlace, EventRange, EventReader, KeptEvent } from "@kith/chain/ports";
import { blockNumOf, transactionIdOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";

import { answerGraphql } from "./answer-graphql.ts";

const name = accountNameConstant("app");
const u32 = { Int: { bits: 32, isSigned: false } };
const definition: ServiceDefinition = {
  name,
  tables: [],
  events: [{ name: "moved", kind: "merkle", indexes: ["by"] }],
  schema: JSON.stringify({
    service: name,
    types: {},
    merkle: { moved: { type: { Object: { by: u32, amount: u32 } } } },
  }),
};

/** Three events a block in blocks 5 to 8; what is before block 5 is not kept. */
const kept: KeptEvent[] = [5, 6, 7, 8].flatMap((blockNum) =>
  [0, 1, 2].map((index) => ({
    blockNum,
    index,
    transactionId: transactionIdOf("ab".repeat(32)),
    json: () => ({ by: index % 2, amount: blockNum * 10 + index }),
  })),
);

const reader: EventReader = {
  rangeEvents({ from, to, index, reverse, limit }: EventRange) {
    if (from !== undefined && from.blockNum < 5) return err({ code: "events-not-kept" });
    const found = kept.filter(
      (each) =>
        (from === undefined || !isBefore(each, from)) &&
        (to === undefined || isBefore(each, to)) &&
        (index === undefined || each.index % 2 === index.value),
    );
    return ok((reverse ? found.toReversed() : found).slice(0, limit));
  },
};

function isBefore(a: EventPlace, b: EventPlace): boolean {
  return a.blockNum < b.blockNum || (a.blockNum === b.blockNum && a.index < b.index);
}

type Answer = {
  readonly data?: {
    readonly movedEvents: {
      nodes: { data: { amount: number } }[];
      pageInfo: { endCursor: string; hasNextPage: boolean; hasPreviousPage: boolean };
    };
  };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

function ask(span: string): Answer {
  const query = `{ movedEvents(${span}) {
    nodes { block position transactionId data { by amount } }
    pageInfo { endCursor hasNextPage hasPreviousPage }
  } }`;
  const rows = { getRow: () => undefined, rangeRows: () => [] };
  const view = { service: name, rows, events: reader, blockNum: blockNumOf(9), blockTime: 0 };
  const reply = answerGraphql(definition, view, {
    method: "POST",
    host: "",
    rootHost: "",
    path: "/graphql",
    query: "",
    headers: [{ name: "content-type", value: "application/json" }],
    body: packText(JSON.stringify({ query })),
  });
  return JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "") as Answer;
}

function amountsOf(span: string): readonly number[] {
  const answer = ask(span);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return (answer.data?.movedEvents.nodes ?? []).map(({ data }) => data.amount);
}

test("events are paged through, both ways, with cursors inside of blocks", () => {
  const all = kept.map(({ blockNum, index }) => blockNum * 10 + index);
  for (const reverse of [false, true]) {
    const found: number[] = [];
    for (let after = "null"; ;) {
      const { data } = ask(`first: 5, after: ${after}, reverse: ${reverse}`);
      assert.ok(data !== undefined);
      const { nodes, pageInfo } = data.movedEvents;
      assert.equal(pageInfo.hasPreviousPage, found.length > 0);
      found.push(...nodes.map((node) => node.data.amount));
      if (!pageInfo.hasNextPage) break;
      after = `"${pageInfo.endCursor}"`;
    }
    assert.deepEqual(found, reverse ? all.toReversed() : all);
  }
});

test("events are found by blocks and by a declared index", () => {
  assert.deepEqual(amountsOf("blockFrom: 6, blockTo: 7"), [60, 61, 62]);
  assert.deepEqual(amountsOf("blockFrom: 6, by: 1"), [61, 71, 81]);
  assert.deepEqual(amountsOf("last: 2, by: 0"), [80, 82]);
});

test("events that are not kept any more are no empty list", () => {
  assert.equal(ask("blockFrom: 2").errors?.[0]?.extensions.code, "events-not-kept");
});

test("an event tells where it happened", () => {
  const node: unknown = ask("first: 1").data?.movedEvents.nodes[0];
  const transactionId = "AB".repeat(32);
  assert.deepEqual(node, { block: 5, position: 0, transactionId, data: { by: 0, amount: 50 } });
});
