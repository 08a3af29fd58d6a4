import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Cluster, type ClusterNode } from "./cluster.ts";
import { request, rootHost } from "./http-client.ts";
import { rawRequest } from "./raw-request.ts";

let cluster: Cluster | undefined;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  node = first;
});
after(() => cluster?.close());

type Case = {
  readonly what: string;
  readonly bytes: string | Uint8Array;
  /** The client stops in the middle. */
  readonly thenEnd?: boolean;
};

const push = "POST /push_transaction HTTP/1.1\r\n";
const transactHost = `Host: transact.${rootHost}\r\n`;
const octets = "Content-Type: application/octet-stream\r\n";

function post(body: Uint8Array, headers = transactHost + octets): Uint8Array {
  const head = Buffer.from(`${push}${headers}Content-Length: ${body.length}\r\n\r\n`);
  return Buffer.concat([head, body]);
}

function get(target: string, host = rootHost, more = ""): string {
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;
}

function garbage(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 197 + 31) & 255);
}

const cases: readonly Case[] = [
  { what: "a body that is no transaction", bytes: post(garbage(300)) },
  { what: "an empty body", bytes: post(new Uint8Array(0)) },
  { what: "a body of one byte", bytes: post(Uint8Array.of(0)) },
  { what: "a body of zeros", bytes: post(new Uint8Array(10_000)) },
  { what: "a body that claims a length of 4 GiB", bytes: post(new Uint8Array(64).fill(255)) },
  { what: "a body beyond the limit", bytes: post(new Uint8Array(1024 * 1024 + 1)) },
  {
    what: "a length beyond the limit, and no body",
    bytes: `${push}${transactHost}${octets}Content-Length: 99999999999\r\n\r\n`,
  },
  {
    what: "a body of another type",
    bytes: post(garbage(10), `${transactHost}Content-Type: text/plain\r\n`),
  },
  { what: "a body without a type", bytes: post(garbage(10), transactHost) },
  {
    what: "a body that ends too early",
    bytes: `${push}${transactHost}${octets}Content-Length: 100\r\n\r\nshort`,
    thenEnd: true,
  },
  { what: "a method that is not allowed", bytes: get("/push_transaction", `transact.${rootHost}`) },
  { what: "a path that is not UTF-8", bytes: get("/%ff%fe") },
  { what: "a path with half an escape", bytes: get("/%4") },
  { what: "a path with a NUL", bytes: get("/%00", `sites.${rootHost}`) },
  { what: "a path beyond the limit", bytes: get(`/${"a".repeat(10_000)}`) },
  {
    what: "headers beyond the limit",
    bytes: get("/", rootHost, `X-Long: ${"a".repeat(20_000)}\r\n`),
  },
  { what: "an account that nobody has", bytes: get("/", `nobody.${rootHost}`) },
  { what: "a host that is no name", bytes: get("/", "<script>") },
  { what: "a link without an upgrade", bytes: get("/p2p") },
  {
    what: "a link from a page",
    bytes: get("/p2p", rootHost, "Origin: http://evil.example\r\nUpgrade: websocket\r\n"),
  },
  { what: "a receipt without an id", bytes: get("/transactions/xyz", `transact.${rootHost}`) },
  {
    what: "a receipt that does not exist",
    bytes: get(`/transactions/${"0".repeat(64)}`, `transact.${rootHost}`),
  },
  {
    what: "a wait that does not exist",
    bytes: Buffer.from(
      `POST /push_transaction?wait_for=never HTTP/1.1\r\n${transactHost}${octets}Content-Length: 1\r\n\r\nx`,
    ),
  },
  {
    what: "a type that cannot be had",
    bytes: get(
      `/transactions/${"0".repeat(64)}`,
      `transact.${rootHost}`,
      "Accept: application/x-unknown\r\n",
    ),
  },
];

test("every malformed request gets a JSON error of the client's kind, and none hangs", async () => {
  const answers = await Promise.all(
    cases.map(async ({ what, bytes, thenEnd }) => {
      const answer = await rawRequest(node.port, bytes, thenEnd).catch((error: unknown) => {
        throw new Error(what, { cause: error });
      });
      return { what, answer };
    }),
  );
  for (const { what, answer } of answers) {
    // A client that has gone away cannot be answered.
    if (answer === undefined && what === "a body that ends too early") continue;
    assert.ok(answer !== undefined, `${what}: the connection was closed without an answer`);
    const { status, headers, body } = answer;
    assert.ok(status >= 400 && status < 500, `${what}: status ${status}, ${body}`);
    assert.match(headers.get("content-type") ?? "", /^application\/json/, what);
    const error: unknown = JSON.parse(body);
    assert.ok(typeof error === "object" && error !== null && "code" in error && "message" in error);
    assert.match(String(error.code), /^[a-z0-9-]+$/, what);
    assert.ok(String(error.message).length > 5, what);
  }
});

test("what is no HTTP is refused, and the node serves on", async () => {
  const nonsense = [
    "\r\n\r\n\r\n",
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc",
    `${push}${transactHost}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `${push}${transactHost}Content-Length: -1\r\n\r\n`,
    `${push}${transactHost}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  ];
  for (const bytes of nonsense) {
    const answer = await rawRequest(node.port, Buffer.from(bytes, "latin1"), true);
    // The runtime's own parser answers these, without a body; 505 is for a version that does not exist.
    const { status = 400 } = answer ?? {};
    assert.ok((status >= 400 && status < 500) || status === 505, `${status} for ${bytes}`);
  }
  assert.equal((await request(node, "", "/livez")).status, 200);
  assert.ok((await node.status()).readiness.ready);
});

test("frames that are no handshake end a link, and the node serves on", async () => {
  for (const bytes of [garbage(48), garbage(500), garbage(60_000), new Uint8Array(0)]) {
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/p2p`);
    const code = await new Promise<number>((resolve) => {
      socket.addEventListener("open", () => socket.send(new Uint8Array(bytes)));
      socket.addEventListener("close", (event) => resolve(event.code));
    });
    assert.ok(code >= 4_000 && code < 5_000, `closed with ${code}`);
  }
  assert.ok((await node.status()).readiness.ready);
});
