import assert from "node:assert/strict";
import { after, test } from "node:test";

import { parseBlockId } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";

import { frameMessage, pageMessage, type PageMessage } from "../connect/page-messages.ts";
import { SupervisorLink } from "./supervisor-link.ts";

const notes = accountNameConstant("notes");
const network = parseBlockId(`00000001${"ab".repeat(28)}`);
assert.ok(network.ok);
const surroundings = { network: network.value, root: "kith.localhost:8080", writes: [] };
const why = { code: "supervisor-silent", message: "the network's supervisor does not answer" };

const channels: MessageChannel[] = [];
after(() => {
  for (const { port1 } of channels) port1.close();
});

/** A page, and a frame that takes its end of the port when a test says so and answers calls with their numbers. */
class Opened {
  readonly heard: string[] = [];
  readonly link: SupervisorLink;
  onReady: () => void = () => undefined;
  readonly #port: MessagePort;
  #greeted: (() => void) | undefined;

  constructor() {
    const channel = new MessageChannel();
    channels.push(channel);
    this.#port = channel.port2;
    this.link = new SupervisorLink(channel.port1, {
      onReady: () => {
        this.onReady();
        this.#greeted?.();
      },
      onWrites: () => undefined,
      onReach: () => undefined,
      onShow: () => undefined,
    });
  }

  call(method = "add") {
    return this.link.call(notes, methodNameConstant(method), new Uint8Array());
  }

  fetch(asUser = false, signal?: AbortSignal): Promise<unknown> {
    const request = { service: notes, target: "/", accept: "*/*", asUser };
    return this.link.fetch(request, signal).catch((thrown: unknown) => String(thrown));
  }

  async listen(): Promise<void> {
    this.#port.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
      const message = pageMessage.unpack(data);
      assert.ok(message.ok);
      this.heard.push(nameOf(message.value));
      if (!("call" in message.value)) return;
      const { id } = message.value.call;
      this.#port.postMessage(frameMessage.pack({ done: { id, value: new Uint8Array([id]) } }));
    });
    this.#port.start();
    await settled();
  }

  async greet(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#greeted = resolve;
    this.#port.postMessage(frameMessage.pack({ ready: surroundings }));
    await promise;
    await settled();
  }
}

function nameOf(message: PageMessage): string {
  return "call" in message ? message.call.method : (Object.keys(message)[0] ?? "");
}

/** Until what was said before over any port has been heard: they are served in turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port2.addEventListener("message", resolve, { once: true });
      port2.start();
      port1.postMessage(turn);
    });
    port1.close();
  }
}

test("what a page was told to have failed, because no frame was there, is not done by a frame that comes late", async () => {
  const page = new Opened();
  const waiting = [page.call("early"), page.fetch()] as const;
  page.link.fail(why);
  assert.deepEqual(await waiting[0], { ok: false, error: why });
  assert.equal(await waiting[1], `TypeError: ${why.message}`);
  assert.deepEqual(await page.call("soon"), { ok: false, error: why });
  assert.equal(await page.fetch(), `TypeError: ${why.message}`);

  await page.listen();
  await page.greet();
  // The same, from whoever has pressed a button again.
  const again = await page.call("again");
  assert.ok(again.ok);
  assert.deepEqual(page.heard, ["fetch", "cancel", "again"]);
});

test("calls wait for the frame to say who is signed in, and are done in their order; questions do not wait", async () => {
  const page = new Opened();
  const waiting = [page.call("first"), page.call("second")];
  void page.fetch();
  await page.listen();
  assert.deepEqual(page.heard, ["fetch"]);
  page.onReady = () => void waiting.push(page.call("third"));
  await page.greet();
  waiting.push(page.call("fourth"));
  const outcomes = await Promise.all(waiting);
  assert.ok(outcomes.every(({ ok }) => ok));
  assert.deepEqual(page.heard, ["fetch", "first", "second", "third", "fourth"]);
});

test("a question that shows whose it is waits until that is known, and one that was called off is not asked", async () => {
  const page = new Opened();
  const aborting = new AbortController();
  void page.fetch(true, aborting.signal);
  void page.fetch(true);
  await page.listen();
  assert.deepEqual(page.heard, []);
  aborting.abort();
  await page.greet();
  assert.deepEqual(page.heard, ["fetch"]);
});

test("what is failed when the frame has said where it is, is not done; what the frame has taken goes on", async () => {
  const page = new Opened();
  const other = { code: "network-changed", message: "another network has this host" };
  page.onReady = () => page.link.fail(other);
  const held = page.call("held");
  await page.listen();
  await page.greet();
  assert.deepEqual(await held, { ok: false, error: other });
  assert.deepEqual(await page.call(), { ok: false, error: other });
  assert.deepEqual(page.heard, []);

  page.onReady = () => undefined;
  await page.greet();
  const taken = page.call("taken");
  page.link.fail(other);
  assert.equal((await taken).ok, true);
  assert.deepEqual(page.heard, ["taken"]);
});
