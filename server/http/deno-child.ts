/** A process of its own that `serve-deno.test.ts` starts on Deno: the app of the tests behind the Deno adapter. */
import { startFeed } from "./fake-feed.ts";
import { FakeNode } from "./fake-node.ts";
import { serveDeno } from "./serve-deno.ts";
import { testApp } from "./test-app.ts";

const node = new FakeNode();
node.put("app", "/x", { body: new TextEncoder().encode("hello") });
const blocks = startFeed(node);
const server = serveDeno({
  port: 0,
  app: testApp(node),
  onLink: (socket, remoteAddress) => {
    socket.binaryType = "arraybuffer";
    socket.send(new TextEncoder().encode(remoteAddress));
    socket.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) socket.send(data);
    });
  },
});
process.stdout.write(`${server.port}\n`);
process.once("SIGTERM", () => {
  clearInterval(blocks);
  void server.stop().then(() => process.stdout.write("stopped\n"));
});
