import assert from "node:assert/strict";
import { after, test } from "node:test";

import { callStackBytesMax, transactionFuelMax } from "@kith/chain/limits";
import { virtualMachines } from "@kith/protocol/entry-points";
import { sha256Hex } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import { CallSession, type ServiceModule } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";
import { openMachine } from "@kith/sandbox/machine";

import { slowness } from "./calibration.ts";
import { endOf, type End } from "./end-of-call.ts";
import { guestProgram } from "./guest-program.ts";
import { hostileJob, hostilePrograms, hostileSources } from "./hostile-programs.ts";
import { assertAgreement } from "./runtimes-agree.ts";
import { openRuntimes } from "./runtimes.ts";
import { StageHost } from "./stage-host.ts";

const runtimes = openRuntimes();
after(() => runtimes.close());

/** What a transaction may take at most, on a machine that has nothing else to do. */
const transactionMsMax = 100;
const triesMax = 4;
/** On three runtimes a part of the budget is enough to come to where it matters. */
const comparedFuel = 40_000_000;

const machine = openMachine();
const program = accountNameConstant("program");
const normal = accountNameConstant("normal");

function load(service: typeof program, source: string): ServiceModule {
  const code = packText(source);
  const codeHash = sha256Hex(code);
  const module = machine.load({
    service,
    codeHash,
    vm: virtualMachines.javaScript,
    read: () => code,
  });
  assert.ok(module !== undefined);
  return module;
}

type Ran = { readonly end: End; readonly fuel: number; readonly milliseconds: number };

/** Runs one service of the machine that all of them share, with the budget of a transaction. */
function run(service: ServiceModule): Ran {
  const meter = { fuel: transactionFuelMax, stackBytes: callStackBytesMax };
  const session = new CallSession();
  const others = (name: string): ServiceModule | undefined =>
    name === program ? service : undefined;
  const host = new StageHost(meter, session, others);
  const before = process.cpuUsage();
  const end = endOf(service, host);
  const { user, system } = process.cpuUsage(before);
  session.close();
  return { end, fuel: transactionFuelMax - meter.fuel, milliseconds: (user + system) / 1000 };
}

const normalSource = guestProgram(`
  globalThis.count = (globalThis.count ?? 0) + 1;
  for (let i = 0; i < 5; i++) kith.ask(17, [i], 0);
  show(count, kith.ask(15, [3], 0), [3, 1, 2].sort(), JSON.stringify({ a: [1] }), "ab".replace(/b/, "c"), Object.keys(globalThis));
  show(Object.keys(Object.prototype), [].polluted, kith.host.name, kithRegion.byteLength, new Map([[1, 2]]), 2n ** 70n);
`);

test("each hostile program stops within its fuel and its time, and leaves the machine as it was", () => {
  const { end, fuel } = run(load(normal, normalSource));
  assert.equal(end.code, "done");
  const slow = slowness();
  let worst = { name: "", nanoseconds: 0 };
  for (const hostile of hostilePrograms) {
    const service = load(program, hostileJob(hostile, 0).source);
    let ran = run(service);
    for (let tries = 1; tries < triesMax && ran.milliseconds > transactionMsMax * slow; tries++) {
      const again = run(service);
      if (again.milliseconds < ran.milliseconds) ran = again;
    }
    const told = `${hostile.name}: ${ran.end.code}, ${ran.end.text.slice(0, 200)}`;
    assert.ok(hostile.ends.includes(ran.end.code), told);
    const milliseconds = ran.milliseconds / slow;
    assert.ok(milliseconds < transactionMsMax, `${told} after ${milliseconds} ms`);
    const nanoseconds = (milliseconds * 1e6) / ran.fuel;
    if (ran.end.code === "out-of-fuel" && nanoseconds > worst.nanoseconds)
      worst = { name: hostile.name, nanoseconds };
    const now = run(load(normal, normalSource));
    assert.deepEqual([now.end, now.fuel], [end, fuel], `what a normal service does after ${told}`);
  }
  // A unit of fuel may never take longer than this, or a budget would not be time.
  assert.ok(worst.nanoseconds * transactionFuelMax < transactionMsMax * 1e6, worst.name);
  console.log(`slowest unit of fuel: ${worst.nanoseconds.toFixed(3)} ns, ${worst.name}`);
});

test("sources that mean harm while they are started are refused alike on every runtime", async () => {
  for (const { name, outcome } of await assertAgreement(runtimes, hostileSources())) {
    assert.match(
      outcome.code,
      /^source-(throws|trapped|without-service)$|^definition-malformed$/,
      name,
    );
  }
});

test("hostile programs end alike on every runtime, and no stack of the host overflows", async () => {
  const jobs = hostilePrograms.map((hostile) => hostileJob(hostile, comparedFuel));
  await assertAgreement(runtimes, jobs);
});
