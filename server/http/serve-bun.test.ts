import assert from "node:assert/strict";
import { after, test } from "node:test";

import { testAdapter } from "./adapter-suite.ts";
import { startFeed } from "./fake-feed.ts";
import { FakeNode } from "./fake-node.ts";
import { serveBun } from "./serve-bun.ts";
import { testApp } from "./test-app.ts";

const node = new FakeNode();
node.put("app", "/x", { body: new TextEncoder().encode("hello") });
const blocks = startFeed(node);
after(() => clearInterval(blocks));
const links: string[] = [];
const server = serveBun({
  port: 0,
  app: testApp(node),
  onLink: (socket) => {
    socket.sendBinary(Uint8Array.of(1));
    return {
      message: (data) => links.push(typeof data === "string" ? data : `${data.byteLength} bytes`),
      closed: () => links.push("closed"),
      drained: () => undefined,
    };
  },
});
after(() => server.stop());

testAdapter({ port: server.port });

test("a WebSocket at /p2p becomes a link, under any host", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/p2p`);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();
  socket.addEventListener("message", () => opened.resolve());
  await opened.promise;
  socket.send(new Uint8Array(5));
  socket.close();
  while (!links.includes("closed")) await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(links, ["5 bytes", "closed"]);
});

function serveOnTheSamePort(): void {
  void serveBun({ port: server.port, app: testApp(node) }).stop();
}

test("a port that another server has is refused, also outside development", () => {
  assert.throws(serveOnTheSamePort, { code: "EADDRINUSE" });
});
