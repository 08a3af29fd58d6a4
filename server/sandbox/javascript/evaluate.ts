import { err, ok, type Result } from "@kith/protocol/result";

import type { EngineInstance } from "../engine/engine-instance.ts";

/** Arguments of the engine's `evaluate`: a classic script. */
const noModuleDetection = 0;
const asScript = 0;

/** Runs a classic script; gives its value, which stays on the engine's heap. */
export function evaluate(
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

/** The text of what was thrown, with where. */
export function describeThrown(instance: EngineInstance, thrown: number): string {
  const { engine, context } = instance;
  const stack = engine.getProperty(context, thrown, instance.newText("stack"));
  return `${textOf(instance, thrown)}\n${textOf(instance, stack)}`.trim();
}

/** The value as a text; it stays on the engine's heap. */
export function textOf(instance: EngineInstance, value: number): string {
  const at = instance.engine.getString(instance.context, value);
  return at === 0 ? "" : instance.memory.text(at);
}
