import { regionBytes } from "@kith/protocol/guest-abi";
import { MachineFault } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";

import { heapEndAddress, heapStart, javascriptStackBytes, stackTop } from "../engine/engine-abi.ts";
import { EngineInstance, type EngineState } from "../engine/engine-instance.ts";
import { CodeMissing, type Engine } from "../engine/engine.ts";
import { GuestSession } from "../guest/guest-session.ts";
import { StartingHost } from "../guest/starting-host.ts";
import { imageFuelMax, imagePages, imageStackBytes } from "../limits.ts";
import { evaluate } from "./evaluate.ts";
import { prelude } from "./prelude.ts";

const allIntrinsics = 0;
const states = new WeakMap<Engine, EngineState>();

/** The engine before any service's source: what all images begin with. */
export function startedState(engine: Engine): EngineState {
  const known = states.get(engine);
  if (known !== undefined) return known;
  const state = start(engine);
  states.set(engine, state);
  return state;
}

/** The same engine starts in the same way everywhere, so whatever keeps it from that is a fault of the runtime. */
function start(engine: Engine): EngineState {
  try {
    const instance = new EngineInstance(engine, imagePages);
    const meter = { fuel: imageFuelMax, stackBytes: imageStackBytes };
    return instance.within(new GuestSession(new StartingHost(meter), engine.operations), () => {
      startEngine(instance);
      run(instance, packText(prelude));
      if (engine.runtime !== undefined) run(instance, engine.runtime);
      return instance.save();
    });
  } catch (thrown) {
    if (thrown instanceof CodeMissing) throw thrown;
    throw new MachineFault(`the script engine does not start: ${String(thrown)}`);
  }
}

function run(instance: EngineInstance, source: Uint8Array): void {
  const ran = evaluate(instance, source, "kith");
  if (!ran.ok) throw new Error(`what every source begins with throws: ${ran.error.message}`);
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
