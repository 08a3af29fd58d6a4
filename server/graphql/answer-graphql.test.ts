import assert from "node:assert/strict";
import { test } from "node:test";

import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import { packText, unpackText } from "@kith/protocol/texts";

import { answerGraphql } from "./answer-graphql.ts";
import {
  answerBytesMax,
  pageRowsMax,
  queryAliasesMax,
  queryCharsMax,
  queryDepthMax,
  queryTokensMax,
  requestBytesMax,
} from "./limits.ts";
import { blobTable, details, note, noteRows } from "./test-service.ts";
import { MemoryRows } from "./test-support.ts";

const rows = noteRows();
rows.put(0, note({ number: 1, details: details(details()) }));
rows.put(0, note({ number: 2, topic: "milk", "far-away": true }));
rows.put(0, note({ owner: "bob", number: 1, stars: "18446744073709551615" }));

type Ask = Partial<Omit<HttpRequest, "body" | "headers">> & {
  readonly accept?: string;
  readonly type?: string;
  readonly body?: unknown;
};

function ask({ accept, type = "application/json", body, ...rest }: Ask, of = rows) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const reply = answerGraphql(of.definition, of.view(), {
    method: body === undefined ? "GET" : "POST",
    host: "notes.kith.localhost",
    rootHost: "kith.localhost",
    path: "/graphql",
    query: "",
    headers: [
      ...(accept === undefined ? [] : [{ name: "accept", value: accept }]),
      ...(body === undefined ? [] : [{ name: "content-type", value: type }]),
    ],
    body: text === undefined ? new Uint8Array() : packText(text),
    ...rest,
  });
  assert.ok(reply !== undefined);
  return reply;
}

type Json = {
  readonly data?: unknown;
  readonly code?: string;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
};

function jsonOf({ body }: HttpReply): Json {
  return JSON.parse(unpackText(body) ?? "") as Json;
}

function dataOf(query: string, variables: unknown = {}, of = rows): unknown {
  const { data, errors } = jsonOf(ask({ body: { query, variables } }, of));
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

function codeOf(query: string, variables: unknown = {}, of = rows): string | undefined {
  return jsonOf(ask({ body: { query, variables } }, of)).errors?.[0]?.extensions?.code;
}

function pageOf(text: string): unknown {
  return dataOf(`{ it: ${text} { nodes { owner number } } }`);
}

function alice(number: number) {
  return { owner: "alice", number };
}

function statusOf(accept: string | undefined, body: unknown) {
  const reply = ask({ body, ...(accept === undefined ? {} : { accept }) });
  return [reply.status, reply.contentType];
}

function refusalOf(reply: HttpReply) {
  const json = jsonOf(reply);
  return [reply.status, json.code ?? json.errors?.[0]?.extensions?.code];
}

function page(text: string, variables?: unknown) {
  return codeOf(
    `query A($n: Int) { notes(${text}) { nodes { owner } } o: notes(first: $n) { edges { cursor } } }`,
    variables,
  );
}

test("a row is found by its key, and every type has its place in the answer", () => {
  const query = `{
    notesByKey(owner: "alice", number: 1) {
      owner number topic stars far_away
      details {
        hash data tags mood { _is happy sad } pair { _0 _1 } ratio seen counts either nothing
        parent { data parent { data } }
      }
    }
    nobody: notesByKey(owner: "carol", number: 1) { owner }
    block { num time }
  }`;
  assert.deepEqual(dataOf(query), {
    notesByKey: {
      owner: "alice",
      number: 1,
      topic: "tea",
      stars: "5",
      far_away: false,
      details: {
        hash: "AB".repeat(32),
        data: "00FF",
        tags: ["a", "b"],
        mood: { _is: "sad", happy: null, sad: null },
        pair: { _0: "x", _1: "18446744073709551615" },
        ratio: "NaN",
        seen: "2024-11-18T12:34:56Z",
        counts: { z: 1, a: 2 },
        either: 7,
        nothing: {},
        parent: { data: "00FF", parent: null },
      },
    },
    nobody: null,
    block: { num: 7, time: "2026-09-21T14:13:20.000000Z" },
  });
});

test("an index is cut by equal values of its first fields and an interval of the next", () => {
  const bob = { owner: "bob", number: 1 };
  assert.deepEqual(pageOf(`notes(owner: "alice")`), { it: { nodes: [alice(1), alice(2)] } });
  assert.deepEqual(pageOf(`notes(owner: "alice", numberFrom: 2)`), { it: { nodes: [alice(2)] } });
  assert.deepEqual(pageOf(`notes(owner: "alice", numberTo: 2)`), { it: { nodes: [alice(1)] } });
  assert.deepEqual(pageOf(`notes(ownerFrom: "b")`), { it: { nodes: [bob] } });
  assert.deepEqual(pageOf(`notes(owner: "alice", reverse: true)`), {
    it: { nodes: [alice(2), alice(1)] },
  });
  assert.deepEqual(pageOf(`notesByTopic(topic: "tea")`), { it: { nodes: [alice(1), bob] } });
  assert.deepEqual(pageOf(`notesByStarsFar_away(stars: 5, far_away: true)`), {
    it: { nodes: [alice(2)] },
  });
  assert.deepEqual(pageOf(`notesByStarsFar_away(stars: "18446744073709551615")`), {
    it: { nodes: [bob] },
  });
});

test("arguments that no range of the index fits are refused with what to do", () => {
  assert.equal(codeOf(`{ notes(number: 1) { nodes { owner } } }`), "range-invalid");
  assert.equal(codeOf(`{ notes(owner: "a", ownerTo: "b") { nodes { owner } } }`), "range-invalid");
  assert.equal(codeOf(`{ notes(numberFrom: 1) { nodes { owner } } }`), "range-invalid");
  assert.equal(
    codeOf(`{ notes(owner: "a", number: 1, numberTo: 2) { nodes { owner } } }`),
    "range-invalid",
  );
});

test("GET without a query gives the schema, without what is private", () => {
  const reply = ask({});
  assert.equal(reply.status, 200);
  assert.match(reply.contentType, /^text\/plain/);
  const sdl = unpackText(reply.body) ?? "";
  assert.match(sdl, /notesByTopic\(/);
  assert.match(sdl, /blobs\(/);
  assert.match(sdl, /blob\(key: Hex!\): Blob/);
  assert.doesNotMatch(sdl, /secret/i);
});

test("the library's own introspection query is answered", async () => {
  const { getIntrospectionQuery, buildClientSchema, printSchema } = await import("graphql");
  const data = dataOf(getIntrospectionQuery());
  const sdl = unpackText(ask({}).body);
  assert.equal(printSchema(buildClientSchema(data as never)), sdl);
});

test("GET takes query, variables and operationName from the URL", () => {
  const query =
    'query A { block { num } } query B($n: U32!) { notesByKey(owner: "bob", number: $n) { owner } }';
  const parameters = new URLSearchParams({ query, operationName: "B", variables: `{"n":1}` });
  const reply = ask({ query: parameters.toString() });
  assert.deepEqual(jsonOf(reply).data, { notesByKey: { owner: "bob" } });
});

test("statuses and types follow GraphQL over HTTP", () => {
  const good = { query: "{ block { num } }" };
  const bad = { query: "{ nothing }" };
  const modern = "application/graphql-response+json";
  assert.deepEqual(statusOf(undefined, good), [200, `${modern}; charset=utf-8`]);
  assert.deepEqual(statusOf("*/*", bad), [400, `${modern}; charset=utf-8`]);
  assert.deepEqual(statusOf("application/json", good), [200, "application/json; charset=utf-8"]);
  assert.deepEqual(statusOf("application/json", bad), [200, "application/json; charset=utf-8"]);
  assert.deepEqual(statusOf("application/json;q=0.5, application/graphql-response+json", bad), [
    400,
    `${modern}; charset=utf-8`,
  ]);
  assert.deepEqual(statusOf("text/html", good), [406, "application/json"]);
});

test("what is no GraphQL request is refused by its own code", () => {
  assert.deepEqual(refusalOf(ask({ method: "PUT", body: {} })), [405, "method-not-allowed"]);
  assert.deepEqual(refusalOf(ask({ body: "{}", type: "text/plain" })), [
    415,
    "content-type-unsupported",
  ]);
  assert.deepEqual(refusalOf(ask({ body: "{" })), [400, "request-malformed"]);
  assert.deepEqual(refusalOf(ask({ body: [] })), [400, "request-malformed"]);
  assert.deepEqual(refusalOf(ask({ body: {} })), [400, "request-malformed"]);
  assert.deepEqual(refusalOf(ask({ body: { query: "{a}", variables: 5 } })), [
    400,
    "request-malformed",
  ]);
  assert.deepEqual(refusalOf(ask({ body: { query: "{a}", operationName: 5 } })), [
    400,
    "request-malformed",
  ]);
  assert.deepEqual(refusalOf(ask({ query: "query=%7Ba%7D&variables=x" })), [
    400,
    "request-malformed",
  ]);
  assert.deepEqual(refusalOf(ask({ body: " ".repeat(requestBytesMax + 1) })), [
    413,
    "request-too-large",
  ]);
});

test("paths that are not GraphQL's, and preflights, are left to others", () => {
  const request = {
    method: "GET",
    host: "",
    rootHost: "",
    query: "",
    headers: [],
    body: new Uint8Array(),
  };
  assert.equal(
    answerGraphql(rows.definition, rows.view(), { ...request, path: "/graphql/" }),
    undefined,
  );
  assert.equal(
    answerGraphql(rows.definition, rows.view(), {
      ...request,
      path: "/graphql",
      method: "OPTIONS",
    }),
    undefined,
  );
});

test("a query that is none, or none of this schema, says so", () => {
  assert.equal(codeOf("{"), "syntax-wrong");
  assert.equal(codeOf("{ nothing }"), "query-invalid");
  assert.equal(codeOf("mutation { a }"), "query-invalid");
  assert.equal(codeOf("subscription { a }"), "query-invalid");
  assert.equal(codeOf("query A { block { num } } query B { block { num } }"), "operation-unknown");
  assert.equal(
    codeOf('query A($n: U32!) { block { num } notesByKey(owner: "a", number: $n) { owner } }'),
    "variables-invalid",
  );
  assert.equal(codeOf(`{ notesByKey(owner: "Not A Name", number: 1) { owner } }`), "query-invalid");
  assert.equal(codeOf(`{ notesByKey(owner: "a", number: 4294967296) { owner } }`), "query-invalid");
});

test("pages that are too large, or of no size, are refused before anything is read", () => {
  const before = rows.rowsRead;
  assert.equal(page(`first: ${pageRowsMax + 1}`), "page-too-large");
  assert.equal(page(`last: ${pageRowsMax + 1}`), "page-too-large");
  assert.equal(page("first: 1", { n: pageRowsMax + 1 }), "page-too-large");
  assert.equal(page("first: -1"), "page-size-invalid");
  assert.equal(rows.rowsRead, before);
  assert.equal(page("first: 1, last: 1"), "first-and-last");
  assert.equal(page(`after: "nonsense!"`), "cursor-invalid");
});

test("a cursor of another connection is none", () => {
  const query = "{ notesByTopic(first: 1) { pageInfo { endCursor } } }";
  const { notesByTopic } = dataOf(query) as { notesByTopic: { pageInfo: { endCursor: string } } };
  const { endCursor } = notesByTopic.pageInfo;
  assert.equal(codeOf(`{ notes(after: "${endCursor}") { nodes { owner } } }`), "cursor-invalid");
});

test("every limit of a query has its own code, and is checked before anything is read", () => {
  const before = rows.rowsRead;
  const deep = (depth: number): string => (depth === 0 ? "data" : `parent { ${deep(depth - 1)} }`);
  const nested = `{ notesByKey(owner: "alice", number: 1) { details { ${deep(queryDepthMax)} } } }`;
  assert.equal(codeOf(nested), "query-too-deep");
  const aliases = Array.from({ length: queryAliasesMax + 1 }, (_, at) => `a${at}: block { num }`);
  assert.equal(codeOf(`{ ${aliases.join(" ")} }`), "too-many-aliases");
  assert.equal(codeOf(`{ ${"block ".repeat(queryTokensMax)} }`), "too-many-tokens");
  assert.equal(codeOf(`{ block { num } } ${"#\n".repeat(queryTokensMax + 1)}`), "too-many-tokens");
  assert.equal(codeOf(`{ block { num } } ${" ".repeat(queryCharsMax)}`), "query-too-long");
  const costly = "edges { node { owner number topic stars } }";
  const many = Array.from({ length: 20 }, (_, at) => `a${at}: notes(first: 200) { ${costly} }`);
  assert.equal(codeOf(`{ ${many.join(" ")} }`), "query-too-costly");
  assert.equal(rows.rowsRead, before);
});

test("cycles and bombs of fragments are refused before the library looks at them", () => {
  assert.equal(
    codeOf("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
    "fragment-cycle",
  );
  assert.equal(codeOf("{ block { num } } fragment a on Query { ...a }"), "fragment-cycle");
  const doubling = Array.from(
    { length: 30 },
    (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`,
  );
  const started = performance.now();
  assert.equal(
    codeOf(`{ ...f0 } ${doubling.join(" ")} fragment f30 on Query { block { num } }`),
    "too-many-fields",
  );
  assert.ok(performance.now() - started < 500);
});

test("introspection is bounded by the size of the schema, and in its depth", () => {
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`field${at}`, { Int: { bits: 32, isSigned: false } }]),
  );
  const names = Array.from({ length: 120 }, (_, at) => `table${at}`);
  const wide = new MemoryRows(
    names.map((name) => ({ name, rowType: name, indexes: [["field0"]] })),
    { types: Object.fromEntries(names.map((name) => [name, { Object: fields }])) },
  );
  const part = "fragment f on __Type { name kind description fields { name description } }";
  const types = Array.from({ length: 45 }, (_, at) => `a${at}: types { ...f }`).join(" ");
  const query = `{ __schema { ${types} } } ${part}`;
  assert.equal(codeOf(query, {}, wide), "introspection-too-broad");
  const { data } = jsonOf(
    ask({ body: { query: `{ __schema { types { ...f } } } ${part}` } }, wide),
  );
  assert.ok(data !== undefined && data !== null);
  const nested =
    "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
  assert.equal(codeOf(nested), "query-invalid");
});

test("an answer that grows too large stops while it is made", () => {
  const large = noteRows();
  for (let key = 0; key < 8; key++) {
    large.put(blobTable, { key: `0${key}`, data: "AB".repeat(answerBytesMax / 8) });
  }
  const before = large.rowsRead;
  assert.equal(codeOf("{ blobs(first: 8) { nodes { data } } }", {}, large), "answer-too-large");
  assert.ok(large.rowsRead - before <= 8);
  const aliases = Array.from({ length: 10 }, (_, at) => `a${at}: data`).join(" ");
  assert.equal(codeOf(`{ blob(key: "00") { ${aliases} } }`, {}, large), "answer-too-large");
  assert.deepEqual(dataOf(`{ blob(key: "00") { key } }`, {}, large), { blob: { key: "00" } });
});

test("a broken row is a fault of the node and no error of the query", () => {
  const broken = noteRows();
  broken.put(blobTable, { key: "00", data: "00" });
  const view = { ...broken.view(), rows: { getRow: () => Uint8Array.of(9), rangeRows: () => [] } };
  const body = packText(JSON.stringify({ query: `{ blob(key: "00") { key } }` }));
  const headers = [{ name: "content-type", value: "application/json" }];
  const request = {
    method: "POST",
    host: "",
    rootHost: "",
    path: "/graphql",
    query: "",
    headers,
    body,
  };
  assert.throws(() => answerGraphql(broken.definition, view, request), /a stored blob is none/);
});
