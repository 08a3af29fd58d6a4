import { regionBytes } from "@kith/protocol/guest-abi";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { heapEndAddress, heapStart, javascriptStackBytes, stackTop } from "../engine/engine-abi.ts";
import { EngineInstance } from "../engine/engine-instance.ts";
import type { Engine } from "../engine/engine-module.ts";
import { parseDefinition } from "../guest/definition.ts";
import { GuestSession, OutOfFuel } from "../guest/guest-session.ts";
import { StartingHost } from "../guest/starting-host.ts";
import {
  imageFuelMax,
  imagePages,
  imageStackBytes,
  sourceBytesMax,
  sparePages,
} from "../limits.ts";
import type { StateValue } from "../wasm/metered-state.ts";
import { prelude } from "./prelude.ts";

/** An engine that has run a service's source and waits for its first call: all of its memory, and where things are. */
export type Image = {
  readonly definition: ServiceDefinition;
  /** It answers requests. */
  readonly serves: boolean;
  /** What it took to start it. */
  readonly fuel: number;
  readonly memory: Uint8Array;
  /** Of an instance that takes this image. */
  readonly pages: number;
  readonly globals: readonly StateValue[];
  readonly runtime: number;
  readonly context: number;
  readonly regionAt: number;
  /** The guest's `run`, and `undefined`. */
  readonly run: number;
  readonly self: number;
};

export type SourceError =
  | { readonly code: "source-too-long"; readonly sizeBytes: number; readonly sizeBytesMax: number }
  | { readonly code: "source-has-zero-bytes" }
  | { readonly code: "source-not-utf8" }
  /** It threw, or it is no JavaScript. */
  | { readonly code: "source-throws"; readonly message: string }
  /** It did not come to its end within `imageFuelMax`, or needed more memory or stack than there is. */
  | { readonly code: "source-trapped" }
  /** It ran, and left no service behind. */
  | { readonly code: "source-without-service" }
  | { readonly code: "definition-malformed"; readonly message: string };

/** Arguments of the engine's `evaluate`: a classic script. */
const noModuleDetection = 0;
const asScript = 0;
const allIntrinsics = 0;
const pageBytes = 65_536;

/** Runs a source once. The same source gives the same image on every machine. */
export function makeImage(engine: Engine, source: Uint8Array): Result<Image, SourceError> {
  const { length } = source;
  if (length > sourceBytesMax) {
    return err({ code: "source-too-long", sizeBytes: length, sizeBytesMax: sourceBytesMax });
  }
  if (source.includes(0)) return err({ code: "source-has-zero-bytes" });
  if (unpackText(source) === undefined) return err({ code: "source-not-utf8" });
  const instance = new EngineInstance(engine, imagePages);
  const meter = { fuel: imageFuelMax, stackBytes: imageStackBytes };
  const calls = new GuestSession(new StartingHost(meter));
  try {
    const image = instance.within(calls, () => imageOf(instance, source));
    return image.ok ? ok({ ...image.value, fuel: imageFuelMax - meter.fuel }) : image;
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof OutOfFuel)
      return err({ code: "source-trapped" });
    throw thrown;
  }
}

function imageOf(
  instance: EngineInstance,
  source: Uint8Array,
): Result<Omit<Image, "fuel">, SourceError> {
  startEngine(instance);
  const first = evaluate(instance, new TextEncoder().encode(prelude), "kith");
  if (!first.ok) throw new Error(`the prelude of services throws: ${first.error.message}`);
  const ran = evaluate(instance, source, "service");
  if (!ran.ok) return ran;
  const found = findGuest(instance);
  if (!found.ok) return found;
  const heapEnd = instance.memory.words[heapEndAddress >> 2] ?? 0;
  return ok({
    ...found.value,
    memory: instance.memory.bytes.slice(0, heapEnd),
    pages: Math.ceil(heapEnd / pageBytes) + sparePages,
    globals: instance.globals,
    runtime: instance.runtime,
    context: instance.context,
    regionAt: instance.regionAt,
  });
}

/** Lays out memory, makes runtime and context, and gives the script its two ways out. */
function startEngine(instance: EngineInstance): void {
  const { engine, memory } = instance;
  memory.words[heapEndAddress >> 2] = heapStart;
  engine.restoreStack(stackTop);
  engine.callConstructors();
  instance.runtime = engine.newRuntime();
  engine.setMaxStackSize(instance.runtime, javascriptStackBytes);
  instance.context = engine.newContext(instance.runtime, allIntrinsics);
  const { context } = instance;
  instance.regionAt = engine.malloc(regionBytes);
  memory.bytes.fill(0, instance.regionAt, instance.regionAt + regionBytes);
  const region = engine.newArrayBuffer(context, instance.regionAt, regionBytes);
  setGlobal(instance, "kithRegion", region);
  const host = engine.newFunction(context, instance.newCString("kithHost"), 2, 0, 1);
  setGlobal(instance, "kithHost", host);
}

function setGlobal(instance: EngineInstance, name: string, value: number): void {
  const { engine, context } = instance;
  const global = engine.globalObject(context);
  engine.setProperty(context, global, instance.newText(name), value);
}

function evaluate(
  instance: EngineInstance,
  source: Uint8Array,
  name: string,
): Result<number, { readonly code: "source-throws"; readonly message: string }> {
  const { engine, context, memory } = instance;
  const at = engine.malloc(source.length + 1);
  memory.bytes.set(source, at);
  memory.bytes[at + source.length] = 0;
  const file = instance.newCString(name);
  const value = engine.evaluate(context, at, source.length, file, noModuleDetection, asScript);
  const thrown = engine.resolveException(context, value);
  engine.free(at);
  if (thrown === 0) return ok(value);
  return err({ code: "source-throws", message: describeThrown(instance, thrown) });
}

/** `kithGuest` of the source: its definition and its `run`. */
function findGuest(
  instance: EngineInstance,
): Result<Pick<Image, "definition" | "serves" | "run" | "self">, SourceError> {
  const { engine, context } = instance;
  const property = (object: number, name: string): number =>
    engine.getProperty(context, object, instance.newText(name));
  const guest = property(engine.globalObject(context), "kithGuest");
  const textAt = engine.getString(context, property(guest, "definition"));
  if (textAt === 0) return err({ code: "source-without-service" });
  const definition = parseDefinition(instance.memory.text(textAt));
  if (!definition.ok) return definition;
  engine.freeCString(context, textAt);
  const serves = textOf(instance, property(guest, "serves")) === "true";
  const run = property(guest, "run");
  return ok({ definition: definition.value, serves, run, self: engine.undefinedValue() });
}

/** The text of what was thrown, with where. */
export function describeThrown(instance: EngineInstance, thrown: number): string {
  const { engine, context } = instance;
  const stack = engine.getProperty(context, thrown, instance.newText("stack"));
  return `${textOf(instance, thrown)}\n${textOf(instance, stack)}`.trim();
}

/** The value as a text; it stays on the engine's heap. */
function textOf(instance: EngineInstance, value: number): string {
  const at = instance.engine.getString(instance.context, value);
  return at === 0 ? "" : instance.memory.text(at);
}
