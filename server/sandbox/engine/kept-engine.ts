import { isPinned, machineHash } from "../pinned.ts";
import { preparedVersion, type PreparedStore } from "../prepared-code.ts";

const name = `engine-${preparedVersion}-${machineHash}`;

/** The metered engine; undefined when it is not there, or is not what the metering pass makes of the engine. */
export function keptEngine(store: PreparedStore): Uint8Array<ArrayBuffer> | undefined {
  const kept = store.read(name);
  return kept !== undefined && isPinned("meteredEngine", kept) ? new Uint8Array(kept) : undefined;
}

/** The pass takes a fifth of a second, in each process of a node. */
export function keepEngine(store: PreparedStore, metered: Uint8Array): void {
  store.write(name, metered);
}
