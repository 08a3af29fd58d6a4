import assert from "node:assert/strict";
import { test } from "node:test";

import { guestOutcomes } from "@kith/protocol/guest-abi";
import { methodNameConstant } from "@kith/protocol/names";
import { ServiceAbort } from "@kith/protocol/service-abi";

import {
  compilationsPerPass,
  compilePrices,
  instancePrice,
  startPagePrice,
  moduleBytePrice,
  refusedModuleBytePrice,
} from "../fuel-prices.ts";
import { TestHost } from "../guest/test-host.ts";
import { wasmPagesMax } from "../limits.ts";
import { op } from "../wasm/test-module.ts";
import { encodeGuest, guestCode, testDefinition } from "./test-guest.ts";
import { makeProgram, type WasmProgram } from "./wasm-program.ts";
import { WasmService } from "./wasm-service.ts";

const actions = { work: { params: { Object: {} } } };
const definition = testDefinition({ service: "x", types: {}, actions, history: {}, merkle: {} });
const run = [
  ...guestCode.setWord(1, op.const(0)),
  ...guestCode.setWord(0, op.const(guestOutcomes.done)),
];

function programOf(guest: Parameters<typeof encodeGuest>[0]): WasmProgram {
  const made = makeProgram(encodeGuest({ definition, run, ...guest }));
  assert.ok(made.ok);
  return made.value;
}

function serviceOf(program: WasmProgram, module = () => program.module): WasmService {
  return new WasmService({ ...program, pages: wasmPagesMax, module });
}

function work(service: WasmService, host: TestHost): number {
  const before = host.meter.fuel;
  service.action(methodNameConstant("work"), new Uint8Array(), host);
  return before - host.meter.fuel;
}

test("the first call of a session costs the instance, its pages and compiling; later ones do not", () => {
  const program = programOf({});
  const { metered, compileFuel } = program;
  // Five functions of the module's own, without locals.
  assert.equal(compileFuel, compilePrices.byte * metered.length + 5 * compilePrices.function);
  const host = new TestHost();
  const service = serviceOf(program);
  const [first, second] = [work(service, host), work(service, host)];
  assert.ok(second > 0 && second < 10_000);
  assert.equal(first - second, instancePrice + wasmPagesMax * startPagePrice + compileFuel);
});

test("locals, which a few bytes declare, are paid for one by one", () => {
  const [few, many] = [programOf({ locals: 1 }), programOf({ locals: 1_000 })];
  const more = many.compileFuel - few.compileFuel;
  const bytes = many.metered.length - few.metered.length;
  assert.equal(more, 999 * compilePrices.local + bytes * compilePrices.byte);
});

test("whoever cannot pay for an instance does not make the node look for the module", () => {
  const program = programOf({});
  const host = new TestHost();
  host.meter.fuel = instancePrice + wasmPagesMax * startPagePrice + program.compileFuel - 1;
  const service = serviceOf(program, () => assert.fail("it was looked for"));
  assert.throws(
    () => work(service, host),
    (thrown) => thrown instanceof ServiceAbort && thrown.code === "out-of-fuel",
  );
  assert.ok(host.meter.fuel < 0);
});

test("a module that is installed has cost the pass; one that is refused, what the pass may have taken", () => {
  const code = encodeGuest({ definition, run });
  const made = makeProgram(code);
  assert.ok(made.ok);
  const pass = moduleBytePrice * code.length + compilationsPerPass * made.value.compileFuel;
  assert.ok(made.value.fuel > pass && made.value.fuel < pass + 10_000);
  const refused = makeProgram(code.subarray(0, -1));
  assert.ok(!refused.ok && refused.error.fuel === refusedModuleBytePrice * (code.length - 1));
});
