import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { bundlePlugin } from "@kith/packaging/bundle-plugin";
import { bundlePluginRuntime } from "@kith/packaging/plugin-runtime";
import { sha256Hex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Engine } from "@kith/sandbox/engine";
import { meteredEngine, openEngine } from "@kith/sandbox/engine-module";
import { firstEngine } from "@kith/sandbox/first-engine";
import { markBranches } from "@kith/sandbox/mark-branches";
import type { AskAnswer } from "@kith/supervisor/journal";
import { pluginEngine } from "@kith/supervisor/plugin-engine";
import { PluginMachine, type Called, type PluginCode } from "@kith/supervisor/plugin-machine";

import { recordHere, recordingFolder } from "./branch-recorder.ts";

const repository = resolve(import.meta.dirname, "..");
const runtime = await bundlePluginRuntime();
if (!runtime.ok) throw new Error(`no runtime: ${JSON.stringify(runtime.error)}`);
const script = runtime.value;
const whole = pluginEngine(openEngine(), script);

/** As in pages: the whole one comes when something is missing. */
const engine = recordingFolder === undefined ? partialEngine() : markedEngine(recordingFolder);
let widened = 0;

function partialEngine(): Engine {
  const module = new WebAssembly.Module(firstEngine());
  return pluginEngine({ module, isPartial: true }, script);
}

function markedEngine(folder: string): Engine {
  recordHere(folder);
  const module = new WebAssembly.Module(markBranches(meteredEngine().bytes));
  return pluginEngine({ module }, script);
}

/** How often a machine needed more than the engine that pages load first. */
export function timesWidened(): number {
  return widened;
}

/** A plugin that is written in a test: TypeScript that exports it. */
export async function pluginOf(source: string): Promise<PluginCode> {
  const folder = mkdtempSync(join(tmpdir(), "kith-plugin-"));
  try {
    const entry = join(folder, "index.ts");
    writeFileSync(entry, source);
    return await pluginAt(entry);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One of the repository, by its path. */
export function ownPlugin(path: string): Promise<PluginCode> {
  return pluginAt(join(repository, path));
}

async function pluginAt(entry: string): Promise<PluginCode> {
  const made = await bundlePlugin(entry);
  if (!made.ok) throw new Error(`no plugin: ${JSON.stringify(made.error)}`);
  const { name, source, manifest } = made.value;
  const text = new TextDecoder().decode(manifest);
  return { account: accountNameConstant(name), hash: sha256Hex(source), source, manifest: text };
}

/** A machine with these plugins. */
export function machineWith(
  plugins: readonly PluginCode[],
  onLog: (line: string) => void = () => undefined,
): PluginMachine {
  const machine = new PluginMachine(engine, {
    onLog: (plugin, line) => onLog(`${plugin}: ${line}`),
    widen: async () => {
      widened++;
      return whole;
    },
  });
  for (const plugin of plugins) {
    const loaded = machine.load(plugin);
    if (!loaded.ok) throw new Error(`${plugin.account}: ${JSON.stringify(loaded.error)}`);
  }
  return machine;
}

type Asked = { readonly host: string; readonly method: string; readonly args: Uint8Array };

/** What answers questions of plugins in a test. */
type Answering = (asked: Asked) => AskAnswer | Promise<AskAnswer>;

type CallOptions = { readonly app?: string; readonly user?: string; readonly answer?: Answering };

/** A page of `app` (the plugin's own when left out) calls `plugin.function`. */
export function callPlugin(
  machine: PluginMachine,
  called: string,
  args: Uint8Array,
  { app, user = "alice", answer = noAnswer }: CallOptions = {},
): Promise<Called> {
  const [plugin = "", method = ""] = called.split(".");
  const caller = accountNameConstant(app ?? plugin);
  const about = {
    app: caller,
    ...(user === "" ? {} : { user: accountNameConstant(user) }),
    network: "00".repeat(32),
    root: "kith.localhost",
    nowMicros: 1_700_000_000_000_000,
  };
  const callee = accountNameConstant(plugin);
  const call = { caller, callee, method: methodNameConstant(method), args, about };
  return machine.run(call, async (ask) => answer(ask));
}

function noAnswer({ host, method }: Asked): AskAnswer {
  return {
    ok: false,
    code: "not-answered",
    message: `the test has no answer for ${host} ${method}`,
  };
}
