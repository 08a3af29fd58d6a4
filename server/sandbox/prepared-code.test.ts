import assert from "node:assert/strict";
import { test } from "node:test";

import { virtualMachines } from "@kith/protocol/entry-points";
import { guestOutcomes } from "@kith/protocol/guest-abi";
import { concatBytes, sha256Hex, toHex } from "@kith/protocol/hashes";
import type { Checksum } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { MachineFault, ServiceAbort } from "@kith/protocol/service-abi";

import { openEngine } from "./engine/engine-module.ts";
import { packDescription, type Description } from "./guest/description.ts";
import { TestHost } from "./guest/test-host.ts";
import { packImage } from "./javascript/image-codec.ts";
import { makeImage, type EngineImage } from "./javascript/image.ts";
import { InstancePool } from "./javascript/instance-pool.ts";
import { javascriptCode } from "./javascript/javascript-machine.ts";
import { JavascriptService, startable } from "./javascript/javascript-service.ts";
import { testSource } from "./javascript/test-source.ts";
import { openMachine } from "./machine.ts";
import {
  PreparedCode,
  PreparedMemory,
  preparedVersion,
  type CodeKind,
  type PreparedStore,
} from "./prepared-code.ts";
import { MapStore } from "./test-store.ts";
import { op } from "./wasm/test-module.ts";
import { encodeGuest, guestCode, testDefinition } from "./webassembly/test-guest.ts";
import { webAssemblyCode } from "./webassembly/wasm-machine.ts";
import { WasmService } from "./webassembly/wasm-service.ts";

/** Memory that holds nothing but what came last. */
function forgetful<T, F extends object>(
  kind: CodeKind<T, F>,
  store?: PreparedStore,
): PreparedCode<T, F> & { readonly made: number } {
  const counts = { made: 0 };
  const counted: CodeKind<T, F> = {
    ...kind,
    make: (code) => {
      counts.made += 1;
      return kind.make(code);
    },
  };
  const prepared = new PreparedCode(counted, new PreparedMemory<T>(1, 1), store);
  return Object.defineProperty(prepared, "made", { get: () => counts.made }) as PreparedCode<
    T,
    F
  > & {
    readonly made: number;
  };
}

const pool = new InstancePool(openEngine());
const sources = Array.from({ length: 5 }, (_, number) =>
  testSource(
    { work: `calls++; return "${number} " + calls + " " + large.length;` },
    `let calls = 0; const large = new Uint8Array(${number * 700_000}).fill(${number});`,
  ),
);

type Ended = { readonly output: string; readonly fuel: number; readonly memory: string };

function callTwice(service: JavascriptService | WasmService, memory: () => Uint8Array): Ended {
  const host = new TestHost();
  const work = (): string =>
    toHex(service.action(methodNameConstant("work"), new Uint8Array(), host));
  const output = `${work()} ${work()}`;
  return { output, fuel: host.meter.fuel, memory: sha256Hex(memory()) };
}

/** Comparing megabytes byte by byte takes longer than all else here. */
function hashOf(image: EngineImage): Checksum {
  return sha256Hex(packImage(image));
}

/** What a call gives, what it costs and the memory that it leaves. */
function endOf(image: EngineImage, service: JavascriptService): Ended {
  let instance: ReturnType<InstancePool["take"]> | undefined;
  const take = pool.take.bind(pool);
  pool.take = (taken) => {
    assert.equal(hashOf(taken), hashOf(image));
    return (instance = take(taken));
  };
  try {
    return callTwice(service, () => instance?.memory.bytes ?? new Uint8Array());
  } finally {
    pool.take = take;
  }
}

test("services whose images went out of memory answer as ever, and none is made twice", () => {
  const store = new MapStore();
  const prepared = forgetful(javascriptCode, store);
  let sourcesRead = 0;
  for (let round = 0; round < 3; round += 1) {
    for (const source of sources) {
      const hash = sha256Hex(source);
      const read = (): Uint8Array => {
        sourcesRead += 1;
        return source;
      };
      const description = prepared.description(hash, read);
      const made = makeImage(openEngine(), source);
      assert.ok(made.ok && description !== undefined);
      assert.deepEqual(description.definition, made.value.definition);
      assert.deepEqual([description.fuel, description.pages], [made.value.fuel, made.value.pages]);
      const image = (): EngineImage => prepared.prepared(hash, read);
      const fresh = endOf(made.value, new JavascriptService(startable(made.value), pool));
      const again = endOf(made.value, new JavascriptService({ ...description, image }, pool));
      assert.deepEqual(again, fresh);
    }
  }
  assert.equal(prepared.made, sources.length);
  assert.equal(sourcesRead, sources.length);
  assert.equal(store.writes, 2 * sources.length);
});

test("a machine with a store answers as one without, with more services than its memory holds", () => {
  const store = new MapStore();
  const machine = openMachine(undefined, { store });
  // Together more than `preparedBytesKept`.
  const many = Array.from({ length: 20 }, (_, number) =>
    testSource({ work: `return "${number}";` }, `const large = new Uint8Array(4e6); // ${number}`),
  );
  const service = accountNameConstant("program");
  const fuels = new Set<number>();
  let sourcesRead = 0;
  for (let round = 0; round < 3; round += 1) {
    for (const [number, source] of many.entries()) {
      const read = (): Uint8Array => {
        sourcesRead += 1;
        return source;
      };
      const module = machine.load({
        service,
        codeHash: sha256Hex(source),
        vm: virtualMachines.javaScript,
        read,
      });
      const host = new TestHost();
      const output = module?.action(methodNameConstant("work"), new Uint8Array(), host);
      assert.equal(new TextDecoder().decode(output), `${number}`);
      if (number < 10) fuels.add(host.meter.fuel);
      host.session.close();
    }
  }
  assert.equal(fuels.size, 1, "one digit costs what another does, from the disk or from memory");
  assert.equal(sourcesRead, many.length);
  assert.ok(store.reads.filter((name) => name.includes("prepared")).length >= 2 * many.length);
});

test("to know what a service is, nothing of what runs it is read; nor without fuel for an instance", () => {
  const store = new MapStore();
  const [source = new Uint8Array()] = sources;
  const hash = sha256Hex(source);
  assert.ok(forgetful(javascriptCode, store).describe(hash, source).ok);
  const prepared = forgetful(javascriptCode, store);
  const description = prepared.description(hash, () => undefined);
  assert.ok(description !== undefined);
  const image = (): EngineImage => prepared.prepared(hash, () => undefined);
  const host = new TestHost();
  host.meter.fuel = 1_000_000;
  const service = new JavascriptService({ ...description, image }, pool);
  const attempt = (): unknown => service.action(methodNameConstant("work"), new Uint8Array(), host);
  assert.throws(
    attempt,
    (thrown) => thrown instanceof ServiceAbort && thrown.code === "out-of-fuel",
  );
  assert.deepEqual(
    store.reads.filter((name) => name.includes("prepared")),
    [],
  );
});

const wasmCode = encodeGuest({
  definition: testDefinition({
    service: "x",
    types: {},
    actions: { work: { params: { Object: {} } } },
    history: {},
    merkle: {},
  }),
  run: [
    ...guestCode.setWord(16, [...guestCode.word(16), ...op.const(3), 0x6a]),
    ...guestCode.setWord(1, op.const(4)),
    ...guestCode.setWord(0, op.const(guestOutcomes.done)),
  ],
});

test("a module that went out of memory is compiled from the store, not checked and metered again", () => {
  const store = new MapStore();
  const hash = sha256Hex(wasmCode);
  const read = (): Uint8Array => wasmCode;
  const prepared = forgetful(webAssemblyCode, store);
  const ends = Array.from({ length: 3 }, () => {
    const described = prepared.description(hash, read);
    assert.ok(described !== undefined);
    const module = (): WebAssembly.Module => prepared.prepared(hash, read);
    assert.ok(forgetful(webAssemblyCode, store).description(hash, read));
    return callTwice(new WasmService({ ...described, module }), () => new Uint8Array());
  });
  assert.deepEqual(ends[1], ends[0]);
  assert.deepEqual(ends[2], ends[0]);
  assert.ok((ends[0]?.output ?? "").length > 0);
  assert.equal(prepared.made, 1);
  const fresh = forgetful(webAssemblyCode);
  const described = fresh.description(hash, read) as Description;
  const service = new WasmService({ ...described, module: () => fresh.prepared(hash, read) });
  assert.deepEqual(
    callTwice(service, () => new Uint8Array()),
    ends[0],
  );
});

function hashesOf({ contents }: MapStore): readonly string[] {
  return [...contents].map(([name, content]) => `${name} ${sha256Hex(content)}`).toSorted();
}

for (const [what, spoil] of [
  ["loses", () => undefined],
  ["cuts off", (content: Uint8Array) => content.subarray(0, content.length / 2)],
  ["empties", () => new Uint8Array()],
] as const) {
  test(`what a store ${what} is made anew, and is the same`, () => {
    const store = new MapStore();
    const [source = new Uint8Array()] = sources.slice(1);
    const hash = sha256Hex(source);
    const prepared = forgetful(javascriptCode, store);
    assert.ok(prepared.describe(hash, source).ok);
    const hashes = hashesOf(store);
    for (const [name, content] of new Map(store.contents)) {
      const spoiled = spoil(content);
      if (spoiled === undefined) store.contents.delete(name);
      else store.contents.set(name, spoiled);
    }
    const again = forgetful(javascriptCode, store);
    assert.ok(again.description(hash, () => source));
    assert.deepEqual(hashesOf(store), hashes);
    assert.equal(again.made, 1);
    const image = forgetful(javascriptCode, store).prepared(hash, () => undefined);
    assert.deepEqual(
      image,
      forgetful(javascriptCode).prepared(hash, () => source),
    );
  });
}

test("a description whose definition is none is made anew", () => {
  const store = new MapStore();
  const [source = new Uint8Array()] = sources;
  const hash = sha256Hex(source);
  assert.ok(forgetful(javascriptCode, store).describe(hash, source).ok);
  const name = [...store.contents.keys()].find((each) => each.includes("definition")) ?? "";
  const facts = { definition: "{", serves: true, fuel: 1, pages: 1, compileFuel: 0 };
  store.contents.set(name, packDescription(facts));
  assert.equal(
    forgetful(javascriptCode, store).description(hash, () => undefined),
    undefined,
  );
  assert.ok(forgetful(javascriptCode, store).description(hash, () => source));
});

test("code of another kind, or another version's, is never read", () => {
  const store = new MapStore();
  const [source = new Uint8Array()] = sources;
  const hash = sha256Hex(source);
  assert.ok(forgetful(javascriptCode, store).describe(hash, source).ok);
  for (const [name, content] of new Map(store.contents)) {
    assert.match(name, /^javascript-(definition|prepared)-\d+-[0-9a-f]{64}-[0-9a-f]{64}$/);
    store.contents.delete(name);
    store.contents.set(name.replace(/-\d+-/, "-0-"), content);
  }
  assert.equal(
    forgetful(javascriptCode, store).description(hash, () => undefined),
    undefined,
  );
  assert.equal(
    forgetful(webAssemblyCode, store).description(hash, () => undefined),
    undefined,
  );
});

test("code that cannot be made ready any more stops the node", () => {
  const gone = sha256Hex(new Uint8Array(1));
  const prepared = forgetful(javascriptCode);
  assert.throws(() => prepared.prepared(gone, () => undefined), MachineFault);
});

function packedHash<T, F extends object>(kind: CodeKind<T, F>, code: Uint8Array): Checksum {
  const made = kind.make(code);
  assert.ok(made.ok);
  const { description, definitionText: definition, packed } = made.value;
  return sha256Hex(concatBytes(packDescription({ ...description, definition }), packed));
}

/**
 * Whoever sees this fail has changed what code becomes, or how it is packed: `preparedVersion` has to change with it,
 * or nodes would read what the release before has written.
 */
test("what is made of code is, byte for byte, what this version has always made of it", () => {
  const expected = {
    version: 1,
    javascript: "238bff8d2c6b35ba8e5f928e7fc0a63f8c0adb6842c9df0a191ed37849175bbb",
    webassembly: "aea32b1d27f0ee21ea7008be833902fd149a3948ed888f4d1cbc4fe097cee77b",
  };
  assert.deepEqual(
    {
      version: preparedVersion,
      javascript: packedHash(javascriptCode, testSource({ work: "return input;" })),
      webassembly: packedHash(webAssemblyCode, wasmCode),
    },
    expected,
  );
});
