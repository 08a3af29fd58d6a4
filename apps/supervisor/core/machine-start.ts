import type { MachineStart } from "../worker/messages.ts";
import { Failure } from "./failure.ts";

/** What packaging puts beside the supervisor's pages: where the engines and the plugins' runtime are. */
type MachineJson = {
  /** Without what plugins seldom call. */
  readonly engine: string;
  readonly wholeEngine: string;
  readonly runtime: string;
};

/** Compiled while it is coming in, and from the browser's own cache the next time. */
export async function fetchMachine(): Promise<MachineStart> {
  const { engine, runtime } = await fetchJson();
  const [module, source] = await Promise.all([
    WebAssembly.compileStreaming(fetch(engine)),
    fetch(runtime).then((answer) => answer.arrayBuffer()),
  ]);
  return { engine: module, runtime: new Uint8Array(source) };
}

/** For a call that needs what is not in the first one; undefined while there is no network. */
export async function fetchWholeEngine(): Promise<WebAssembly.Module | undefined> {
  try {
    const { wholeEngine } = await fetchJson();
    return await WebAssembly.compileStreaming(fetch(wholeEngine));
  } catch {
    return undefined;
  }
}

async function fetchJson(): Promise<MachineJson> {
  const answer = await fetch("/machine.json");
  if (!answer.ok) throw new Failure("machine-missing", `/machine.json: status ${answer.status}`);
  // oxlint-disable-next-line no-unsafe-type-assertion -- it comes from this origin, as this code does
  return (await answer.json()) as MachineJson;
}
