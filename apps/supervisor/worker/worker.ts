import type { AskAnswer } from "../machine/journal.ts";
/** The thread that plugins run in: nothing here knows the page, the network or the keys. */
import { pluginEngine } from "../machine/plugin-engine.ts";
import {
  PluginMachine,
  type Called,
  type PluginCode,
  type TopCall,
} from "../machine/plugin-machine.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

let machine: PluginMachine | undefined;
const waiting = new Map<number, (answer: AskAnswer) => void>();

function tell(message: FromWorker): void {
  postMessage(message);
}

/** Begins to do what the frame says. */
export function servePlugins(): void {
  addEventListener("message", take);
  tell({ kind: "ready" });
}

function take({ data }: MessageEvent<ToWorker>): void {
  switch (data.kind) {
    case "start": {
      const { engine: module, runtime } = data.start;
      const first = pluginEngine({ module, isPartial: true }, runtime);
      machine = new PluginMachine(first, {
        onLog: (plugin, line) => tell({ kind: "log", plugin, line }),
        widen: async () => {
          const whole = await wholeEngine();
          return whole === undefined ? undefined : pluginEngine({ module: whole }, runtime);
        },
      });
      machine.warmUp();
      return;
    }
    case "call":
      void run(data)
        .catch((thrown: unknown) => failed("plugin-trapped", String(thrown)))
        .then((called) => tell({ kind: "called", id: data.id, called }));
      return;
    case "answer":
      waiting.get(data.id)?.(data.answer);
      waiting.delete(data.id);
      return;
    case "widened":
      widening?.(data.engine);
  }
}

let widening: ((engine: WebAssembly.Module | undefined) => void) | undefined;

function wholeEngine(): Promise<WebAssembly.Module | undefined> {
  const { promise, resolve } = Promise.withResolvers<WebAssembly.Module | undefined>();
  widening = resolve;
  tell({ kind: "widen" });
  return promise;
}

async function run({ id, call, plugins }: Wanted): Promise<Called> {
  if (machine === undefined) return failed("plugin-trapped", "the machine was not started");
  for (const plugin of plugins) {
    const loaded = machine.load(plugin);
    if (loaded.ok) continue;
    const { error } = loaded;
    const why = error.code === "plugin-malformed" ? error.message : `${error.sizeBytes} bytes`;
    return failed(error.code, `the plugin of ${plugin.account} cannot be started: ${why}`);
  }
  return machine.run(call, (ask) => {
    const { promise, resolve } = Promise.withResolvers<AskAnswer>();
    waiting.set(id, resolve);
    tell({ kind: "ask", id, ask });
    return promise;
  });
}

type Wanted = {
  readonly id: number;
  readonly call: TopCall;
  readonly plugins: readonly PluginCode[];
};

function failed(code: string, message: string): Called {
  return { actions: [], claims: [], effects: [], result: { ok: false, error: { code, message } } };
}
