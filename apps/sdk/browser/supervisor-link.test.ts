import assert from "node:assert/strict";
import { after, test } from "node:test";

import { parseBlockId } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";

import { frameMessage, pageMessage, type FrameMessage } from "../connect/page-messages.ts";
import { SupervisorLink } from "./supervisor-link.ts";

const { port1, port2 } = new MessageChannel();
after(() => port1.close());
const link = new SupervisorLink(port1, {
  onReady: () => undefined,
  onWrites: () => undefined,
  onReach: () => undefined,
  onShow: () => undefined,
});

const call = () =>
  link.call(accountNameConstant("notes"), methodNameConstant("add"), new Uint8Array());
const fetched = () =>
  link.fetch({ service: accountNameConstant("notes"), target: "/", accept: "*/*", asUser: false });
const why = { code: "supervisor-silent", message: "the network's supervisor does not answer" };
const tell = (message: FrameMessage): void => port2.postMessage(frameMessage.pack(message));

test("a frame that never says anything fails what waits for it and what comes, until it does", async () => {
  const waiting = [call(), fetched().catch((thrown: unknown) => String(thrown))] as const;
  link.fail(why);
  assert.deepEqual(await waiting[0], { ok: false, error: why });
  assert.equal(await waiting[1], `TypeError: ${why.message}`);
  assert.deepEqual(await call(), { ok: false, error: why });
  await assert.rejects(fetched(), TypeError);

  // It comes after all, hears what was asked first, and is asked again.
  const heard: string[] = [];
  const answered = Promise.withResolvers<void>();
  port2.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
    const message = pageMessage.unpack(data);
    assert.ok(message.ok);
    heard.push(...Object.keys(message.value));
    if (heard.length === 2) answered.resolve();
    if (heard.length === 3 && "call" in message.value) {
      tell({ done: { id: message.value.call.id, value: new Uint8Array([7]) } });
    }
  });
  port2.start();
  await answered.promise;
  const network = parseBlockId(`00000001${"ab".repeat(28)}`);
  assert.ok(network.ok);
  const isReady = new Promise((resolve) =>
    port1.addEventListener("message", resolve, { once: true }),
  );
  tell({ ready: { network: network.value, root: "kith.localhost:8080" } });
  await isReady;
  assert.deepEqual(await call(), { ok: true, value: { value: new Uint8Array([7]) } });
  assert.deepEqual(heard, ["call", "fetch", "call"]);
});
