import assert from "node:assert/strict";
import { test } from "node:test";

import { packText, unpackText } from "@kith/protocol/texts";
import * as fc from "fast-check";

import { answerGraphql } from "./answer-graphql.ts";
import { note, noteRows } from "./test-service.ts";
import type { MemoryRows } from "./test-support.ts";

type Node = { readonly owner: string; readonly number: number; readonly topic: string };
type Page = {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

/** `where` is the name of a connection with what cuts out its range. */
function pageOf(rows: MemoryRows, where: readonly [string, string], paging: string): Page {
  const [name, span] = where;
  const query = `{ page: ${name}(${span} ${paging}) {
    edges { cursor node { owner number topic } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }`;
  const reply = answerGraphql(rows.definition, rows.view(), {
    method: "POST",
    host: "",
    rootHost: "",
    path: "/graphql",
    query: "",
    headers: [{ name: "content-type", value: "application/json" }],
    body: packText(JSON.stringify({ query })),
  });
  const json = JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "") as {
    data: { page: Page };
  };
  assert.ok("data" in json, JSON.stringify(json));
  return json.data.page;
}

const owners = ["a", "alice", "bob", "z"];
const topics = ["", "tea", "tea\0", "tea\0z", "tee"];
const keys = fc.record(
  {
    owner: fc.constantFrom(...owners),
    number: fc.integer({ min: 0, max: 6 }),
    topic: fc.constantFrom(...topics),
  },
  { noNullPrototype: true },
);
const connections: readonly (readonly [string, string, (row: Node) => boolean])[] = [
  ["notes", "", () => true],
  ["notes", `owner: "alice"`, ({ owner }) => owner === "alice"],
  [
    "notes",
    `owner: "alice", numberFrom: 2, numberTo: 5`,
    (row) => row.owner === "alice" && row.number >= 2 && row.number < 5,
  ],
  ["notesByTopic", "", () => true],
  ["notesByTopic", `topic: "tea"`, ({ topic }) => topic === "tea"],
  [
    "notesByTopic",
    `topicFrom: "tea\\u0000", topicTo: "tee"`,
    ({ topic }) => topic >= "tea\0" && topic < "tee",
  ],
];

/** The rows of a connection in its order. */
function expected(all: readonly Node[], [name, , within]: (typeof connections)[number]): Node[] {
  const byKey = (a: Node, b: Node): number => compare(a.owner, b.owner) || a.number - b.number;
  const byTopic = (a: Node, b: Node): number => compare(a.topic, b.topic) || byKey(a, b);
  return all.filter(within).toSorted(name === "notes" ? byKey : byTopic);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function uniqueByKey(nodes: readonly Node[]): Node[] {
  return [...new Map(nodes.map((each) => [`${each.owner}/${each.number}`, each])).values()];
}

test("pages forwards and backwards, turned around or not, are all rows in order, each once", () => {
  const property = fc.property(
    fc.array(keys, { maxLength: 25 }),
    fc.constantFrom(...connections),
    fc.integer({ min: 1, max: 7 }),
    fc.record({ reverse: fc.boolean(), fromEnd: fc.boolean() }),
    (nodes, connection, size, { reverse, fromEnd }) => {
      const rows = noteRows();
      const all = uniqueByKey(nodes);
      for (const each of all) rows.put(0, note(each));
      const inOrder = expected(all, connection);
      const wanted = reverse ? inOrder.toReversed() : inOrder;
      const found: Node[] = [];
      let cursor = "";
      for (let turns = 0; ; turns++) {
        assert.ok(turns <= all.length, "paging has no end");
        const paging = fromEnd ? `last: ${size} before: ` : `first: ${size} after: `;
        const where = [connection[0], connection[1]] as const;
        const at = cursor === "" ? "null" : `"${cursor}"`;
        const page = pageOf(rows, where, `${paging} ${at} reverse: ${reverse}`);
        const nodesOfPage = page.edges.map(({ node }) => node);
        if (fromEnd) found.unshift(...nodesOfPage);
        else found.push(...nodesOfPage);
        const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
        assert.equal(startCursor, page.edges.at(0)?.cursor ?? null);
        assert.equal(endCursor, page.edges.at(-1)?.cursor ?? null);
        assert.equal(fromEnd ? hasNextPage : hasPreviousPage, turns > 0);
        const goesOn = fromEnd ? hasPreviousPage : hasNextPage;
        assert.equal(goesOn, found.length < wanted.length);
        if (!goesOn) break;
        cursor = (fromEnd ? startCursor : endCursor) ?? "";
      }
      assert.deepEqual(found, wanted);
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test("rows that come and go between two pages change nothing about those that stay", () => {
  const property = fc.property(
    fc.array(keys, { maxLength: 20 }),
    fc.array(keys, { maxLength: 10 }),
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
    (nodes, changes, size, reverse) => {
      const rows = noteRows();
      const start = uniqueByKey(nodes);
      for (const each of start) rows.put(0, note(each));
      const changed = new Set<string>();
      const found: Node[] = [];
      let cursor = "null";
      const waiting = [...changes];
      for (;;) {
        const page = pageOf(
          rows,
          ["notes", ""],
          `first: ${size} after: ${cursor} reverse: ${reverse}`,
        );
        found.push(...page.edges.map(({ node }) => node));
        const { hasNextPage, endCursor } = page.pageInfo;
        if (!hasNextPage || endCursor === null) break;
        cursor = `"${endCursor}"`;
        // The row under the cursor goes, and another one comes or goes.
        const last = page.edges.at(-1)?.node;
        const change = waiting.pop();
        if (change === undefined || last === undefined) continue;
        for (const each of [last, change]) changed.add(`${each.owner}/${each.number}`);
        rows.remove(0, note(last));
        if (waiting.length % 2 === 0) rows.put(0, note(change));
        else rows.remove(0, note(change));
      }
      const stays = (each: Node): boolean => !changed.has(`${each.owner}/${each.number}`);
      const wanted = expected(start, ["notes", "", () => true]).filter(stays);
      assert.deepEqual(found.filter(stays), reverse ? wanted.toReversed() : wanted);
      const order = expected(found, ["notes", "", () => true]);
      assert.deepEqual(found, reverse ? order.toReversed() : order);
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test("an empty page is where it was asked for", () => {
  const rows = noteRows();
  for (const number of [1, 2, 3]) rows.put(0, note({ number }));
  const where = ["notes", ""] as const;
  const [, second] = pageOf(rows, where, "first: 3").edges;
  const infoOf = (paging: string) => {
    const { hasPreviousPage, hasNextPage } = pageOf(rows, where, paging).pageInfo;
    return [hasPreviousPage, hasNextPage];
  };
  assert.deepEqual(infoOf("first: 0"), [false, true]);
  assert.deepEqual(infoOf("last: 0"), [true, false]);
  assert.deepEqual(infoOf(`first: 0, after: "${second?.cursor}"`), [true, true]);
  assert.deepEqual(infoOf(`last: 0, before: "${second?.cursor}"`), [true, true]);
  assert.deepEqual(infoOf(`first: 5, after: "${second?.cursor}", before: "${second?.cursor}"`), [
    true,
    true,
  ]);
  assert.deepEqual(pageOf(noteRows(), where, "first: 5").edges, []);
  const empty = pageOf(noteRows(), where, "last: 5").pageInfo;
  assert.deepEqual([empty.hasPreviousPage, empty.hasNextPage], [false, false]);
});
