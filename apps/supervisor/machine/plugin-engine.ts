import type { Engine } from "@kith/sandbox/engine";
import { guestOperations } from "@kith/sandbox/guest-operations";

/** The services' engine as plugins find it: without tables and blocks, with the runtime that they share. */
export function pluginEngine(
  engine: Pick<Engine, "module" | "isPartial">,
  runtime: Uint8Array,
): Engine {
  const { module, isPartial = false } = engine;
  return { module, isPartial, operations: guestOperations, runtime };
}
