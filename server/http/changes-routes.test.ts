import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import { parseChangesRequest } from "./changes-request.ts";
import { eventText } from "./event-stream.ts";
import { feedDefinition, feedEvent, feedRow } from "./fake-feed.ts";
import { FakeNode } from "./fake-node.ts";
import { testApp, ask, codeOf } from "./test-app.ts";

const streamType = { accept: "text/event-stream" };

function started() {
  const node = new FakeNode();
  node.definitions.set("app", feedDefinition);
  node.servers.set("app", ({ path }) =>
    path === "/size"
      ? {
          status: 200,
          contentType: "text/plain",
          headers: [],
          body: new TextEncoder().encode(`${node.changes.num}`),
        }
      : undefined,
  );
  return { node, app: testApp(node) };
}

function listen(
  app: ReturnType<typeof testApp>,
  query: string,
  headers: Record<string, string> = {},
) {
  return ask(app, `http://app.kith.localhost/changes?${query}`, {
    headers: { ...streamType, ...headers },
  });
}

/** Reads until the text of the stream holds all of these; fails when it ends before. */
async function readUntil(answer: Response, wanted: readonly string[]): Promise<string> {
  const reader = answer.body?.getReader();
  assert.ok(reader !== undefined);
  const decoder = new TextDecoder();
  let text = "";
  while (!wanted.every((part) => text.includes(part))) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text;
}

test("a stream begins with its position and the hint when to come back", async () => {
  const { app } = started();
  const answer = await listen(app, "rows=posts");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(answer.headers.get("x-accel-buffering"), "no");
  assert.match(answer.headers.get("cache-control") ?? "", /no-store.*no-transform/);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  const text = await readUntil(answer, ["ready"]);
  assert.equal(text, `retry: 1000\n\nevent: ready\nid: 7\ndata: {"block":7}\n\n`);
});

test("rows, events and answers arrive as events of the stream", async () => {
  const { node, app } = started();
  const where = encodeURIComponent(`{"table":"posts","where":{"id":3}}`);
  const answer = await listen(app, `rows=${where}&event=posted&path=/size`);
  await readUntil(answer, ["ready", `"body":"7"`]);
  node.changes.execute([feedRow(3, "three"), feedRow(4, "four")], [feedEvent(5)]);
  const text = await readUntil(answer, [`"body":"8"`]);
  assert.match(
    text,
    /event: rows\ndata: \{"block":8,"rows":\[\{"of":0,"key":\{"id":3\},"row":\{"id":3,"text":"three"\}\}\]\}/,
  );
  assert.match(
    text,
    /event: event\nid: 8\ndata: \{"of":1,"block":8,"position":0,"data":\{"id":5\}\}/,
  );
  assert.doesNotMatch(text, /four/);
});

test("Last-Event-ID goes before `since`, and both bring back what was missed", async () => {
  const { node, app } = started();
  const first = await listen(app, "rows=posts");
  await readUntil(first, ["ready"]);
  node.changes.execute([feedRow(1, "one")]);
  node.changes.execute([feedRow(2, "two")]);
  const since = await listen(app, "rows=posts&since=8");
  const missed = await readUntil(since, ["rows"]);
  assert.doesNotMatch(missed, /"one"/);
  const both = await listen(app, "rows=posts&since=8", { "last-event-id": "7" });
  assert.match(await readUntil(both, ["rows"]), /"one".*"two"/);
});

/** Beside the app: a service that says how high the chain is, and one that has nothing. */
function withOthers() {
  const { node, app } = started();
  const plain = { status: 200, contentType: "text/plain", headers: [] };
  node.servers.set("height", ({ host, path }) =>
    path === "/at"
      ? { ...plain, body: new TextEncoder().encode(`${host} ${node.changes.num}`) }
      : undefined,
  );
  return { node, app };
}

test("one stream tells the answers of several services, each by its own address", async () => {
  const { node, app } = withOthers();
  const answer = await listen(app, "path=/size&path.height=/at&path.nobody=/at&rows=posts");
  const first = await readUntil(answer, [`"of":0`, `"of":1`, `"of":2`]);
  assert.match(first, /"of":0,"block":7,.*"body":"7"/);
  assert.match(first, /"of":1,"block":7,.*"body":"height\.kith\.localhost 7"/);
  assert.match(first, /"of":2,"block":7,"failed":"not-found"/);
  const address = { service: accountNameConstant("height"), space: 0, key: new Uint8Array() };
  node.changes.execute([{ address, row: new Uint8Array() }]);
  assert.match(await readUntil(answer, [`"of":1`]), /"body":"height\.kith\.localhost 8"/);
  node.changes.execute([feedRow(3, "three")]);
  assert.match(await readUntil(answer, [`"of":3`]), /"id":3/);
});

test("a stream ends when one of its services is another one, and answers alone are told of others", async () => {
  const { node, app } = withOthers();
  const answer = await listen(app, "path=/size&path.height=/at");
  await readUntil(answer, [`"of":1`]);
  node.definitions.set("height", { ...feedDefinition, name: accountNameConstant("height") });
  node.changes.execute([], [], true);
  await assert.rejects(readUntil(answer, ["never"]), /the stream ended/);
  for (const query of [
    "rows.height=posts",
    "event.height=posted",
    "graphql.height=%7Ba%7D",
    "path.HEIGHT!=/at",
    "path.=/at",
    "path.height=at",
  ]) {
    const refused = await listen(app, query);
    assert.deepEqual([refused.status, await codeOf(refused)], [400, "parameter-invalid"], query);
  }
});

test("whoever does not ask for an event stream gets what the service or its site has there", async () => {
  const { node, app } = started();
  node.put("app", "/changes", { body: new TextEncoder().encode("a list of releases") });
  for (const headers of [{}, { accept: "text/html,*/*" }]) {
    const page = await ask(app, "http://app.kith.localhost/changes", { headers });
    assert.equal(await page.text(), "a list of releases");
  }
  assert.equal(
    (await listen(app, "rows=posts")).headers.get("content-type")?.startsWith("text/event-stream"),
    true,
  );
  // Also when the page was answered before and could be kept ready.
  node.servers.delete("app");
  await ask(app, "http://app.kith.localhost/changes");
  const stream = await listen(app, "rows=posts");
  assert.equal(stream.headers.get("content-type")?.startsWith("text/event-stream"), true);
});

test("what is wrong with the request is said in JSON", async () => {
  const { app } = started();
  const of = async (query: string, headers?: Record<string, string>) => {
    const answer = await listen(app, query, headers);
    return [answer.status, await codeOf(answer)];
  };
  assert.deepEqual(await of(""), [400, "interests-missing"]);
  assert.deepEqual(await of("rows=nothing"), [404, "interest-table-unknown"]);
  assert.deepEqual(await of("event=nothing"), [404, "interest-event-unknown"]);
  assert.deepEqual(await of("rows=%7B%22table%22%3A1%7D"), [400, "parameter-invalid"]);
  assert.deepEqual(await of("what=posts"), [400, "parameter-invalid"]);
  assert.deepEqual(await of("path=size"), [400, "parameter-invalid"]);
  assert.deepEqual(await of("path=/%2500"), [400, "parameter-invalid"]);
  assert.deepEqual(await of("path=/a%20b"), [400, "parameter-invalid"]);
  assert.deepEqual(await of("rows=posts&since=x"), [400, "parameter-invalid"]);
  assert.deepEqual(await of("rows=posts", { "last-event-id": "x" }), [400, "parameter-invalid"]);
  assert.deepEqual(await of("graphql=%7Bnothing%7D"), [400, "live-query-invalid"]);
  const nobody = await ask(app, "http://nobody.kith.localhost/changes?rows=posts", {
    headers: streamType,
  });
  assert.deepEqual([nobody.status, await codeOf(nobody)], [404, "service-unknown"]);
});

test("a client that goes away is forgotten at once, and a server that stops ends every stream", async () => {
  const { node, app } = started();
  const answers = await Promise.all(Array.from({ length: 3 }, () => listen(app, "path=/size")));
  const [first, second, third] = answers;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  for (const answer of answers) await readUntil(answer, ["answer"]);
  const metrics = await ask(app, "http://kith.localhost/metrics");
  const text = await metrics.text();
  assert.match(text, /^kith_change_streams 3$/m);
  assert.match(text, /^kith_live_queries 1$/m);
  await first.body?.cancel();
  let asked = 0;
  node.servers.set("app", () => {
    asked++;
    return undefined;
  });
  await second.body?.cancel();
  const end = third.body?.getReader().read();
  app.close();
  assert.equal((await end)?.done, true);
  node.changes.execute([feedRow(1, "one")]);
  assert.equal(asked, 0);
  assert.equal(node.changes.listenerCount, 0);
});

test("the text of an event has no line that the data did not have", () => {
  assert.equal(
    eventText({ name: "answer", id: "5", data: '{\n"a":1}\r\n' }),
    'event: answer\nid: 5\ndata: {\ndata: "a":1}\ndata: \n\n',
  );
  assert.equal(eventText({ name: "heartbeat", id: "5" }), ":\nid: 5\n\n");
});

function wantedOf(query: string) {
  const parsed = parseChangesRequest(new URLSearchParams({ graphql: query }).toString(), null);
  return parsed.ok ? parsed.value.wanted[0] : parsed.error.code;
}

test("queries are taken as they are, or as JSON with variables", () => {
  assert.deepEqual(wantedOf("{ a }"), { kind: "graphql", query: "{ a }" });
  assert.deepEqual(wantedOf('{"query":"{ a }","variables":{"n":1}}'), {
    kind: "graphql",
    query: "{ a }",
    variables: { n: 1 },
  });
  assert.equal(wantedOf('{"question":"{ a }"}'), "parameter-invalid");
});
