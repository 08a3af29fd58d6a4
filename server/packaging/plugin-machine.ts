import { sha256Hex } from "@kith/protocol/hashes";
import { ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";
import { meteredEngine } from "@kith/sandbox/engine-module";
import { firstEngine } from "@kith/sandbox/first-engine";

import type { BundleError } from "./bundle-error.ts";
import type { Output } from "./front-end/name-outputs.ts";
import { bundlePluginRuntime } from "./plugin-runtime.ts";

/** Of a file's hash, as much as its name has. */
const nameDigits = 12;

/**
 * What browsers need to run plugins, as files of the supervisor's site: the nodes' own engine, whole and as it is loaded first, the
 * script that all plugins share, and `/machine.json` with where they are.
 */
export async function pluginMachineFiles(): Promise<Result<readonly Output[], BundleError>> {
  const runtime = await bundlePluginRuntime();
  if (!runtime.ok) return runtime;
  const { bytes } = meteredEngine();
  const first = firstEngine();
  const engine = { path: `/assets/engine-${nameOf(first)}.wasm`, content: first };
  const whole = { path: `/assets/engine-${nameOf(bytes)}.wasm`, content: bytes };
  const script = { path: `/assets/plugins-${nameOf(runtime.value)}.js`, content: runtime.value };
  const paths = { engine: engine.path, wholeEngine: whole.path, runtime: script.path };
  const json = JSON.stringify(paths);
  return ok([engine, whole, script, { path: "/machine.json", content: packText(json) }]);
}

function nameOf(content: Uint8Array): string {
  return sha256Hex(content).slice(0, nameDigits);
}
