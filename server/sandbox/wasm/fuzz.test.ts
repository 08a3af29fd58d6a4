import assert from "node:assert/strict";
import { test } from "node:test";

import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";

import { meterModule } from "./meter-module.ts";
import { testOptions } from "./test-meter.ts";
import { randomModule } from "./test-programs.ts";

const seed = Number(process.env["KITH_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const modules = 12;
const mutations = 250;

/** Refusals of what is valid in WebAssembly itself, or in later versions that a host may know. */
const ownRefusals =
  /refused|too-many|too-large|too-long|too-deep|out-of-bounds|reserved-byte|unknown-(?:type-form|value-type|kind|section|instruction)|bad-(?:limits|constant-expression)|unknown-global|unknown-segment-form/;

/** JavaScriptCore does not look at the types in code that is never reached, though section 3.3 asks for it. */
const isExact = process.versions["bun"] === undefined;

function mutate(random: RandomState, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  const changes = 1 + nextBelow(random, 3);
  for (let change = 0; change < changes; change++) {
    const at = 8 + nextBelow(random, changed.length - 8);
    const choice = nextBelow(random, 4);
    if (choice === 0) changed[at] = nextBelow(random, 256);
    else if (choice === 1) changed[at] = (changed[at] ?? 0) ^ (1 << nextBelow(random, 8));
    else if (choice === 2) changed[at] = changed[nextBelow(random, changed.length)] ?? 0;
    else changed.copyWithin(at, nextBelow(random, changed.length), changed.length);
  }
  return nextBelow(random, 8) === 0 ? changed.slice(0, nextBelow(random, changed.length)) : changed;
}

test(`changed bytes are refused or metered, as the host would take them or not (seed ${seed})`, () => {
  const random = seedRandom(seed);
  let taken = 0;
  for (let module = 0; module < modules; module++) {
    const bytes = randomModule(random, true);
    for (let mutation = 0; mutation < mutations; mutation++) {
      const changed = mutate(random, bytes);
      const result = meterModule(changed, testOptions);
      const described = (): string =>
        `module ${module}, mutation ${mutation}: ${JSON.stringify(result, (_, value: unknown) => (value instanceof Uint8Array ? value.length : value))}`;
      if (result.ok) {
        taken++;
        continue;
      }
      const { code, offset } = result.error;
      assert.ok(offset >= 0 && offset <= changed.length, described());
      // The pass checks everything itself: what it takes, the host takes, before and after.
      assert.ok(!code.startsWith("wasm-host"), described());
      if (isExact && WebAssembly.validate(changed)) assert.match(code, ownRefusals, described());
    }
  }
  assert.ok(taken > 0);
});

test(`random bytes behind a header never do more than be refused (seed ${seed})`, () => {
  const random = seedRandom(seed + 1);
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  for (let round = 0; round < 2_000; round++) {
    const tail = Array.from({ length: nextBelow(random, 60) }, () =>
      nextBelow(random, nextBelow(random, 2) === 0 ? 16 : 256),
    );
    const bytes = Uint8Array.from([...header, ...tail]);
    const result = meterModule(bytes, testOptions);
    if (!result.ok)
      assert.ok(!result.error.code.startsWith("wasm-host"), JSON.stringify(result.error));
  }
});
