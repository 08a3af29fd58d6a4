import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { enteredBranches } from "@kith/sandbox/mark-branches";

/** Names the folder that `record-branches.ts` wants to have what plugins come to in. */
export const recordingVariable = "KITH_RECORD_BRANCHES";

export const recordingFolder: string | undefined = process.env[recordingVariable];

/** Writes down, when this process ends, what instances of a marked engine have entered in it. */
export function recordHere(folder: string): void {
  const seen: WebAssembly.Exports[] = [];
  const Plain = WebAssembly.Instance;
  WebAssembly.Instance = class extends Plain {
    constructor(module: WebAssembly.Module, imports?: Imports) {
      super(module, imports);
      seen.push(this.exports);
    }
  };
  process.on("exit", () => {
    const entered = seen.map(enteredBranches);
    if (entered.length > 0) keepEntered(folder, union(entered));
  });
}

type Imports = ConstructorParameters<typeof WebAssembly.Instance>[1];

export function keepEntered(folder: string, bits: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${crypto.randomUUID()}.bits`), bits);
}

/** What all together have written down. */
export function allEntered(folder: string): Uint8Array {
  return union(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

function union(all: readonly Uint8Array[]): Uint8Array {
  const bits = new Uint8Array(Math.max(0, ...all.map(({ length }) => length)));
  for (const each of all) {
    for (const [index, byte] of each.entries()) bits[index] = (bits[index] ?? 0) | byte;
  }
  return bits;
}
