import { err, ok, type Result } from "@kith/protocol/result";
import type { Meter, ServiceDefinition } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { EngineInstance, type EngineState } from "../engine/engine-instance.ts";
import type { Engine } from "../engine/engine.ts";
import { parseDefinition } from "../guest/definition.ts";
import { GuestSession, OutOfFuel } from "../guest/guest-session.ts";
import { runtimeFault } from "../guest/runtime-fault.ts";
import { StartingHost } from "../guest/starting-host.ts";
import {
  imageFuelMax,
  imagePages,
  imageStackBytes,
  sourceBytesMax,
  sparePages,
} from "../limits.ts";
import { evaluate, textOf } from "./evaluate.ts";
import { startedState } from "./started-engine.ts";

/** An engine that has run a service's source and waits for its first call. */
export type EngineImage = {
  readonly state: EngineState;
  /** Of an instance that takes this image. */
  readonly pages: number;
  /** The guest's `run`, and `undefined`. */
  readonly run: number;
  readonly self: number;
};

/** An image, with what the service said of itself while it was made. */
export type Image = EngineImage & {
  readonly definition: ServiceDefinition;
  /** The definition as it was said. */
  readonly definitionText: string;
  /** It answers requests. */
  readonly serves: boolean;
  /** What it took to start it. */
  readonly fuel: number;
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

const pageBytes = 65_536;

/** Why there is no image, and the fuel that it took to find out. */
export type SourceFault = SourceError & { readonly fuel: number };

/** Runs a source once. The same source gives the same image, or the same fault, on every machine. */
export function makeImage(engine: Engine, source: Uint8Array): Result<Image, SourceFault> {
  const unreadable = whyUnreadable(source);
  if (unreadable !== undefined) return err({ ...unreadable, fuel: 0 });
  const meter = { fuel: imageFuelMax, stackBytes: imageStackBytes };
  const made = runSource(engine, source, meter);
  const fuel = imageFuelMax - Math.max(0, meter.fuel);
  return made.ok ? ok({ ...made.value, fuel }) : err({ ...made.error, fuel });
}

function whyUnreadable(source: Uint8Array): SourceError | undefined {
  const { length } = source;
  if (length > sourceBytesMax) {
    return { code: "source-too-long", sizeBytes: length, sizeBytesMax: sourceBytesMax };
  }
  if (source.includes(0)) return { code: "source-has-zero-bytes" };
  return unpackText(source) === undefined ? { code: "source-not-utf8" } : undefined;
}

function runSource(
  engine: Engine,
  source: Uint8Array,
  meter: Meter,
): Result<Omit<Image, "fuel">, SourceError> {
  const started = startedState(engine);
  try {
    const instance = new EngineInstance(engine, imagePages);
    instance.load(started);
    const calls = new GuestSession(new StartingHost(meter), engine.operations);
    return instance.within(calls, () => imageOf(instance, source));
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof OutOfFuel)
      return err({ code: "source-trapped" });
    throw runtimeFault(thrown, "a source that is started") ?? thrown;
  }
}

function imageOf(
  instance: EngineInstance,
  source: Uint8Array,
): Result<Omit<Image, "fuel">, SourceError> {
  const ran = evaluate(instance, source, "service");
  if (!ran.ok) return ran;
  const found = findGuest(instance);
  if (!found.ok) return found;
  const state = instance.save();
  return ok({ ...found.value, state, pages: pagesOf(state) });
}

/** Of an instance that starts with this state. */
export function pagesOf({ memory }: EngineState): number {
  return Math.ceil(memory.length / pageBytes) + sparePages;
}

/** `kithGuest` of the source: its definition and its `run`. */
function findGuest(
  instance: EngineInstance,
): Result<Omit<Image, "fuel" | "state" | "pages">, SourceError> {
  const { engine, context } = instance;
  const property = (object: number, name: string): number =>
    engine.getProperty(context, object, instance.newText(name));
  const guest = property(engine.globalObject(context), "kithGuest");
  const textAt = engine.getString(context, property(guest, "definition"));
  if (textAt === 0) return err({ code: "source-without-service" });
  const definitionText = instance.memory.text(textAt);
  const definition = parseDefinition(definitionText);
  if (!definition.ok) return definition;
  engine.freeCString(context, textAt);
  const serves = textOf(instance, property(guest, "serves")) === "true";
  const run = property(guest, "run");
  const self = engine.undefinedValue();
  return ok({ definition: definition.value, definitionText, serves, run, self });
}
