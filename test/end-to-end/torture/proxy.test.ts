import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, test } from "node:test";

import { until } from "../until.ts";
import { Proxy } from "./proxy.ts";
import { undisturbed, Wires } from "./wires.ts";

const soonMs = 20_000;
const there = { from: 0, to: 1 };
const back = { from: 1, to: 0 };

const server = createServer({ allowHalfOpen: true });
const accepted: Socket[] = [];
server.on("connection", (socket) => {
  socket.on("error", () => undefined);
  accepted.push(socket);
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
after(() => server.close());

/** Collects what arrives at one end. */
class End {
  readonly socket: Socket;
  text = "";
  isOver = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => (this.text += bytes.toString()));
    for (const event of ["end", "close"]) socket.on(event, () => (this.isOver = true));
    socket.on("error", () => undefined);
  }

  heard(text: string): Promise<unknown> {
    return until(`"${text.slice(0, 20)}" arrives`, soonMs, () => this.text === text);
  }
}

async function openLine() {
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  const wires = new Wires();
  const proxy = await Proxy.open(there, address.port, wires);
  const dial = (): End => new End(connect(proxy.port, "127.0.0.1"));
  return { wires, proxy, dial };
}

async function accept(): Promise<End> {
  const socket = await until("a connection arrives", soonMs, () => accepted.shift());
  return new End(socket);
}

/** Long enough for something to arrive that should not. */
function aMoment(): Promise<void> {
  return new Promise((done) => setTimeout(done, 200));
}

test("bytes go both ways unchanged, and the end of one side is the end of the other", async () => {
  const { proxy, dial } = await openLine();
  const near = dial();
  const far = await accept();
  const long = "0123456789".repeat(200_000);
  near.socket.write(long);
  await far.heard(long);
  far.socket.write("answer");
  await near.heard("answer");
  far.socket.destroy();
  await until("the end arrives", soonMs, () => near.isOver);
  await proxy.close();
});

test("a direction that is cut holds what was sent, the other one goes on", async () => {
  const { wires, proxy, dial } = await openLine();
  const near = dial();
  const far = await accept();
  near.socket.write("a");
  await far.heard("a");
  const heal = wires.disturb([there], { isCut: true });
  near.socket.write("b");
  far.socket.write("c");
  await near.heard("c");
  await aMoment();
  assert.equal(far.text, "a");
  heal();
  await far.heard("ab");
  await proxy.close();
});

test("a peer that died behind a cut is not missed before the cut is healed", async () => {
  const { wires, proxy, dial } = await openLine();
  const near = dial();
  const far = await accept();
  const heal = wires.disturb([back], { isCut: true });
  far.socket.destroy();
  await aMoment();
  assert.equal(near.isOver, false);
  heal();
  await until("the end arrives", soonMs, () => near.isOver);
  await proxy.close();
});

test("over a cut no connection is opened, also where only the way back is cut", async () => {
  for (const direction of [there, back]) {
    const { wires, proxy, dial } = await openLine();
    const heal = wires.disturb([direction], { isCut: true });
    const near = dial();
    near.socket.write("hello");
    await aMoment();
    assert.equal(accepted.length, 0);
    heal();
    await (await accept()).heard("hello");
    await proxy.close();
  }
});

test("a slow direction delays every byte, and lets so many pass in a second", async () => {
  const { wires, proxy, dial } = await openLine();
  const near = dial();
  const far = await accept();
  const heal = wires.disturb([there], { delayMs: 300 });
  const delayedFromMs = performance.now();
  near.socket.write("late");
  await far.heard("late");
  assert.ok(performance.now() - delayedFromMs >= 290);
  heal();
  wires.disturb([there], { bytesPerSecond: 100_000 });
  const slowFromMs = performance.now();
  near.socket.write("x".repeat(40_000));
  await far.heard(`late${"x".repeat(40_000)}`);
  assert.ok(performance.now() - slowFromMs >= 380);
  await proxy.close();
});

test("a reset is seen by both ends, and nobody listens behind a closed proxy", async () => {
  const { proxy, dial } = await openLine();
  const near = dial();
  const far = await accept();
  proxy.reset();
  await until("both ends see it", soonMs, () => near.isOver && far.isOver);
  const { port } = proxy;
  await proxy.close();
  const refused = connect(port, "127.0.0.1");
  const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNREFUSED");
});

test("faults of a wire add up, and each ends by itself", () => {
  const wires = new Wires();
  const endSlow = wires.disturb([there], { delayMs: 50, bytesPerSecond: 1_000 });
  const endSlower = wires.disturb([there, back], { delayMs: 100, bytesPerSecond: 500 });
  const endCut = wires.disturb([there], { isCut: true });
  assert.deepEqual(wires.condition(there), { isCut: true, delayMs: 150, bytesPerSecond: 500 });
  assert.deepEqual(wires.condition(back), { isCut: false, delayMs: 100, bytesPerSecond: 500 });
  endSlower();
  endCut();
  assert.deepEqual(wires.condition(there), { isCut: false, delayMs: 50, bytesPerSecond: 1_000 });
  endSlow();
  assert.deepEqual(wires.condition(there), undisturbed);
  assert.deepEqual(wires.condition(back), undisturbed);
});
