import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";

const host = "Host: app.kith.localhost\r\n";
const transact = "Host: transact.kith.localhost\r\nContent-Type: application/octet-stream\r\n";

const answeredWithJson = [
  ["an unknown host", "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n", 421],
  ["a Host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
  ["two Hosts", `GET / HTTP/1.1\r\n${host}Host: b\r\n\r\n`, 400],
  ["no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 400],
  ["bad percent-encoding", `GET /%zz HTTP/1.1\r\n${host}\r\n`, 400],
  ["an encoded NUL", `GET /a%00b HTTP/1.1\r\n${host}\r\n`, 400],
  ["a long header", `GET /x HTTP/1.1\r\n${host}X: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ["a long target", `GET /${"a".repeat(12_000)} HTTP/1.1\r\n${host}\r\n`, 414],
  ["TRACE", `TRACE /x HTTP/1.1\r\n${host}\r\n`, 405],
  ["CONNECT", `CONNECT a:80 HTTP/1.1\r\n${host}\r\n`, 400],
  [
    "no content type",
    `POST /push_transaction HTTP/1.1\r\nHost: transact.kith.localhost\r\nContent-Length: 1\r\n\r\nx`,
    415,
  ],
  [
    "a length beyond all limits",
    `POST /push_transaction HTTP/1.1\r\n${transact}Content-Length: 99999999999\r\n\r\n`,
    413,
  ],
  [
    "a length over the limit",
    `POST /push_transaction HTTP/1.1\r\n${transact}Content-Length: 2000000\r\n\r\n`,
    413,
  ],
  [
    "chunks over the limit",
    `POST /push_transaction HTTP/1.1\r\n${transact}Transfer-Encoding: chunked\r\n\r\n${`FFFF\r\n${"a".repeat(65_535)}\r\n`.repeat(20)}`,
    413,
  ],
  ["an empty body", `POST /push_transaction HTTP/1.1\r\n${transact}Content-Length: 0\r\n\r\n`, 400],
  ["a link without upgrade", `GET /p2p HTTP/1.1\r\n${host}\r\n`, 426],
  ["a link from a page", `GET /p2p HTTP/1.1\r\n${host}Origin: http://a\r\n\r\n`, 403],
] as const;

/** What is not HTTP never reaches this program: the runtime closes the connection, with a bare 4xx where it can. */
const refusedByRuntime = [
  ["no Host", "GET / HTTP/1.1\r\n\r\n"],
  ["a header without a colon", `GET / HTTP/1.1\r\n${host}Xab\r\n\r\n`],
  ["a NUL in a header", `GET / HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`],
  ["a length that is no number", `POST / HTTP/1.1\r\n${host}Content-Length: abc\r\n\r\n`],
  [
    "a length and chunks",
    `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ["chunks that are none", `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"],
] as const;

type Adapter = {
  readonly port: number;
  /** What this runtime refuses by itself, with a bare 4xx, where others let the app answer. */
  readonly refusesItself?: readonly (typeof answeredWithJson)[number][0][];
  /** Of 4 KiB, where this runtime takes fewer. */
  readonly cookiesTaken?: number;
};

/** One suite for every runtime: what `testApp` answers over a socket, whichever adapter stands in between. */
export function testAdapter({ port, refusesItself = [], cookiesTaken = 180 }: Adapter): void {
  for (const [name, request, status] of answeredWithJson) {
    if (refusesItself.includes(name)) {
      test(`${name} is refused by the runtime itself`, async () => {
        assert.match(await exchange(port, request), /^(HTTP\/1\.1 4\d\d [^]*)?$/);
      });
      continue;
    }
    test(`${name} is answered ${status} with JSON`, async () => {
      const answer = await exchange(port, request);
      // Deno answers HTTP/1.0 in kind.
      assert.match(answer, new RegExp(`^HTTP/1\\.[01] ${status} `));
      const body: unknown = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
      assert.ok(typeof body === "object" && body !== null && "code" in body && "message" in body);
    });
  }

  for (const [name, request] of refusedByRuntime) {
    test(`${name} closes the connection`, async () => {
      const answer = await exchange(port, request);
      assert.match(answer, /^(HTTP\/1\.1 4\d\d [^]*)?$/);
    });
  }

  test("changes are streamed as they happen, until the client goes", async () => {
    const request = `GET /changes?rows=posts HTTP/1.1\r\n${host}Accept: text/event-stream\r\n\r\n`;
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    let text = "";
    for await (const data of socket) {
      text += String(data);
      if (text.split("event: rows").length > 3) break;
    }
    socket.destroy();
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.match(text, /content-type: text\/event-stream/i);
    assert.match(text, /x-accel-buffering: no/i);
    assert.match(text, /event: ready/);
  });

  test("an open stream does not keep a server from stopping", () => {
    // It stays open until the server that the suite is about is stopped, which its own tests do.
    const request = `GET /changes?rows=posts HTTP/1.1\r\n${host}Accept: text/event-stream\r\n\r\n`;
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.on("error", () => undefined);
    return new Promise<void>((done) => socket.once("data", () => done()));
  });

  test("a session's cookie goes out as it was made", async () => {
    const own = "Origin: http://app.kith.localhost\r\nSec-Fetch-Site: same-origin\r\n";
    const request = `DELETE /common/session HTTP/1.1\r\n${host}${own}Connection: close\r\n\r\n`;
    const answer = await exchange(port, request);
    assert.match(answer, /^HTTP\/1\.1 204 /);
    const cookie = /^set-cookie: (.*)$/im.exec(answer)?.[1]?.trim();
    const attributes = "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
    assert.equal(cookie, `__Host-kith-session=; ${attributes}`);
  });

  test("as many cookies as a browser keeps for a network do not stop a page", async () => {
    const cookies = Array.from({ length: cookiesTaken }, (_, at) => `c${at}=${"a".repeat(4090)}`);
    const cookie = `Cookie: ${cookies.join("; ")}\r\nConnection: close\r\n`;
    const answer = await exchange(port, `GET /x HTTP/1.1\r\n${host}${cookie}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /clear-site-data: "cookies"/i);
    assert.ok(answer.endsWith("\r\n\r\nhello"));
  });

  test("HEAD over a socket has the length of what GET would send", async () => {
    const answer = await exchange(port, `HEAD /x HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    assert.match(answer, /content-length: 5\r\n/i);
    assert.ok(answer.endsWith("\r\n\r\n"));
  });
}

/** Sends bytes as they are and reads until the server has answered with JSON or closed the connection. */
function exchange(port: number, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = "";
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  socket.setTimeout(5000, () => reject(new Error(`a hung socket after ${text.slice(0, 60)}`)));
  socket.on("data", (data) => {
    received += data.toString("latin1");
    if (received.endsWith("}")) socket.end();
  });
  socket.on("close", () => resolve(received));
  socket.on("error", () => resolve(received));
  return promise;
}
