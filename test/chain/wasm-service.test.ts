import assert from "node:assert/strict";
import { test } from "node:test";

import { hostOperations } from "@kith/protocol/guest-abi";
import { toHex } from "@kith/protocol/hashes";
import { methodNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import { unpackText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { encodeGuest, guestCode, testDefinition } from "@kith/sandbox/test-guest";
import { encodeModule, op } from "@kith/sandbox/test-module";
import { setcodeInterface, webAssembly } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import { ask } from "./ask.ts";
import type { TestNetwork } from "./network.ts";
import { alice, codeOf, networkOf, person, requireDone } from "./people.ts";
import { countMax, counterModule } from "./wasm-counter.ts";

const counter = person("counter", 81);

/** What somebody uploads who writes in no language that has an SDK. */
function install(network: TestNetwork, code: Uint8Array): Receipt {
  const args = { vm: webAssembly, code };
  return network.run([packAction(counter.name, setcodeInterface, "setCode", args)], counter.key);
}

function withCounter(code: Uint8Array = counterModule()): TestNetwork {
  const network = networkOf([alice, counter]);
  requireDone(install(network, code));
  return network;
}

function add(by: number): Action {
  const rawData = Uint8Array.of(4, 0, by & 0xff, (by >> 8) & 0xff, 0, 0);
  return { ...byAlice, method: methodNameConstant("add"), rawData };
}

const byAlice = { sender: alice.name, service: counter.name };
const run: Action = { ...byAlice, method: methodNameConstant("run"), rawData: new Uint8Array() };

function resultOf(receipt: Receipt): string {
  requireDone(receipt);
  return toHex(receipt.results[0] ?? new Uint8Array());
}

test("a module in WebAssembly keeps rows, gives results and answers requests", () => {
  const network = withCounter();
  assert.equal(resultOf(network.run([add(5)], alice.key)), "05000000");
  assert.equal(resultOf(network.run([add(300), add(1)], alice.key)), "31010000");
  const answer = ask(network, counter.name, "/");
  assert.equal(unpackText(answer?.body ?? new Uint8Array()), "a counter in WebAssembly");
});

test("what a module aborts with reaches the client, and nothing of its transaction stays", () => {
  const network = withCounter();
  const { failure } = network.run([add(2), add(countMax)], alice.key);
  assert.equal(failure?.code, "count-too-large");
  assert.equal(failure?.message, "a counter ends at a thousand");
  assert.equal(resultOf(network.run([add(1)], alice.key)), "01000000");
});

test("arguments that are not what a module declares do not reach it", () => {
  const network = withCounter();
  const short = { ...add(1), rawData: Uint8Array.of(4, 0, 1) };
  assert.equal(codeOf(network.run([short], alice.key)), "arguments-malformed");
  const unknown = { ...add(1), method: methodNameConstant("reset") };
  assert.equal(codeOf(network.run([unknown], alice.key)), "method-unknown");
});

test("another version takes over the rows, and one that would misread them is refused", () => {
  const network = withCounter();
  network.run([add(7)], alice.key);
  const optional = {
    note: { Option: { Custom: { type: { List: { Int: byte } }, id: "string" } } },
  };
  requireDone(install(network, counterModule({ step: 10, more: optional })));
  assert.equal(resultOf(network.run([add(2)], alice.key)), "1b000000");
  const changed = counterModule({ more: { count: { Int: { bits: 64, isSigned: false } } } });
  assert.equal(codeOf(install(network, changed)), "schema-change-forbidden");
  assert.equal(resultOf(network.run([add(0)], alice.key)), "1b000000");
});

const byte = { bits: 8, isSigned: false };

test("a NaN that arithmetic makes has the same bits everywhere, whatever went in", () => {
  const network = withCounter();
  const nan = { ...byAlice, method: methodNameConstant("nan"), rawData: Uint8Array.of(0, 0) };
  assert.equal(resultOf(network.run([nan], alice.key)), "000000000000f87f");
});

/** Memory has its maximum from the start (decision 0071), so this is where it ends. */
const far = op.const(64 * 65_536 - 100);

const refused: readonly (readonly [string, string, Uint8Array])[] = [
  ["wasm-bad-header", "no module", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  ["wasm-export-missing", "nothing to call", encodeModule({})],
  ["wasm-import-refused", "an import of something else", encodeGuest({ host: ["env", "host"] })],
  ["wasm-import-refused", "another call of the host", encodeGuest({ host: ["kith", "clock"] })],
  ["wasm-memory-too-large", "more memory than there is", encodeGuest({ pages: 65 })],
  [
    "module-trapped",
    "a trap when it is asked what it is",
    encodeGuest({ definitionAt: op.unreachable }),
  ],
  ["module-trapped", "no end of describing itself", encodeGuest({ serves: endless() })],
  ["module-trapped", "a host call of an impossible size", encodeGuest({ regionAt: callsHost() })],
  ["region-outside-memory", "a region that ends behind memory", encodeGuest({ regionAt: far })],
  ["region-outside-memory", "a region at an odd place", encodeGuest({ regionAt: op.const(1026) })],
  [
    "region-outside-memory",
    "a region at the end of addresses",
    encodeGuest({ regionAt: op.const(-4) }),
  ],
  ["definition-outside-memory", "a definition behind memory", encodeGuest({ definitionAt: far })],
  ["definition-outside-memory", "a negative size", encodeGuest({ definitionSize: op.const(-1) })],
  [
    "definition-outside-memory",
    "more than may be said",
    encodeGuest({ definitionSize: op.const(262_145), pages: 16 }),
  ],
  ["definition-malformed", "no JSON", encodeGuest({ definition: "{" })],
  ["definition-malformed", "nothing at all", encodeGuest({ definitionSize: op.const(0) })],
  [
    "definition-malformed",
    "a name that is none",
    encodeGuest({ definition: testDefinition({}, { name: "?" }) }),
  ],
  ["tables-malformed", "a schema that is none", encodeGuest({ definition: testDefinition({}) })],
];

function endless(): readonly number[] {
  return [...guestCode.forever(), ...op.const(0)];
}

function callsHost(): readonly number[] {
  return [
    // The region is at zero until the module has said where it is.
    ...op.const(4),
    ...op.const(-1),
    ...op.i32Store,
    ...guestCode.host(hostOperations.self),
    ...op.const(65_536),
  ];
}

for (const [code, what, module] of refused) {
  test(`${what} is refused as ${code}`, () => {
    const network = networkOf([counter]);
    assert.equal(codeOf(install(network, module)), code);
    assert.equal(network.chain.definition(counter.name), undefined);
  });
}

const action = { params: { Object: {} } };
const definition = testDefinition({ service: "x", types: {}, actions: { run: action } });

const stopped: readonly (readonly [string, string, Parameters<typeof encodeGuest>[0]])[] = [
  ["out-of-fuel", "an endless loop", { run: guestCode.forever() }],
  ["stack-exhausted", "calls without end", { run: [...op.call(5)] }],
  ["service-trapped", "a trap", { run: op.unreachable }],
  ["service-trapped", "an unknown host call", { run: guestCode.host(99) }],
  [
    "service-trapped",
    "an access outside of memory",
    { run: [...op.const(-1), ...op.i32Load, ...op.drop] },
  ],
  ["out-of-fuel", "asking for memory without end", { run: guestCode.forever(grow(1)) }],
  [
    "out-of-fuel",
    "asking the host without end",
    { run: guestCode.forever(guestCode.host(hostOperations.self)) },
  ],
  ["service-failed", "an outcome that there is not", { run: guestCode.setWord(0, op.const(77)) }],
  [
    "result-malformed",
    "a result that was not declared",
    { run: [...guestCode.setWord(0, op.const(0)), ...guestCode.setWord(1, op.const(9))] },
  ],
];

function grow(pages: number): readonly number[] {
  return [...op.const(pages), ...op.memoryGrow, ...op.drop];
}

for (const [code, what, guest] of stopped) {
  test(`${what} ends as ${code}, and the network goes on`, () => {
    const network = withCounter(encodeGuest({ definition, ...guest }));
    const attempt = { ...run, rawData: Uint8Array.of(0, 0) };
    assert.equal(codeOf(network.run([attempt], alice.key)), code);
    assert.equal(codeOf(network.run([attempt], alice.key)), code);
    requireDone(install(network, counterModule()));
    assert.equal(resultOf(network.run([add(1)], alice.key)), "01000000");
  });
}

test("a module that grows to all the memory there is runs on, and gets no more", () => {
  // Ends well only when the page beyond the last is refused.
  const pages = 64 - 4;
  const code = [
    ...grow(pages),
    ...op.const(1),
    ...op.memoryGrow,
    ...op.const(-1),
    0x47,
    ...op.if(0x40, op.unreachable),
    ...guestCode.setWord(1, op.const(0)),
    ...guestCode.setWord(0, op.const(0)),
  ];
  const network = withCounter(encodeGuest({ definition, run: code }));
  requireDone(network.run([{ ...run, rawData: Uint8Array.of(0, 0) }], alice.key));
});
