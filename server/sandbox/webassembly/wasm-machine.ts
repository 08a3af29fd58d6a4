import type { Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceModule } from "@kith/protocol/service-abi";

import type { CodeFault, CodeReference, DescribedCode } from "../code.ts";
import type { OnLog } from "../guest/guest-session.ts";
import { sessionModule } from "../guest/session-module.ts";
import { wasmPagesMax } from "../limits.ts";
import {
  PreparedCode,
  PreparedMemory,
  type CodeKind,
  type Made,
  type PreparedStore,
} from "../prepared-code.ts";
import { compile, makeProgram, type ProgramError, type ProgramFault } from "./wasm-program.ts";
import { WasmService } from "./wasm-service.ts";

const memory = new PreparedMemory<WebAssembly.Module>();

export const webAssemblyCode: CodeKind<WebAssembly.Module, ProgramFault> = {
  name: "webassembly",
  make: prepareModule,
  // The store gives bytes as they were written, and these were checked before they were.
  unpack: (metered) => compile(new Uint8Array(metered)),
};

/** Runs services that are WebAssembly modules: each session has an instance of its own of each. */
export class WasmMachine {
  readonly #onLog: OnLog | undefined;
  readonly #modules: PreparedCode<WebAssembly.Module, ProgramFault>;

  constructor(onLog?: OnLog, store?: PreparedStore) {
    this.#onLog = onLog;
    this.#modules = new PreparedCode(webAssemblyCode, memory, store);
  }

  load({ service, codeHash, read }: CodeReference): ServiceModule | undefined {
    const description = this.#modules.description(codeHash, read);
    if (description === undefined) return undefined;
    const module = (): WebAssembly.Module => this.#modules.prepared(codeHash, read);
    const name = `${service} ${codeHash}`;
    return sessionModule(description, (session) =>
      session.hold(name, () => new WasmService({ ...description, module }, this.#onLog)),
    );
  }

  describe(codeHash: Checksum, code: Uint8Array): Result<DescribedCode, CodeFault> {
    const described = this.#modules.describe(codeHash, code);
    if (described.ok) return described;
    const { code: fault, fuel } = described.error;
    return err({ code: fault, message: messageOf(described.error), fuel });
  }
}

/** An instance may come to use all the memory that a module has. */
function prepareModule(code: Uint8Array): Result<Made<WebAssembly.Module>, ProgramFault> {
  const made = makeProgram(code);
  if (!made.ok) return made;
  const { definition, serves, fuel, compileFuel, definitionText, module, metered } = made.value;
  const description = { definition, serves, fuel, pages: wasmPagesMax, compileFuel };
  return ok({ description, definitionText, prepared: module, packed: metered });
}

function messageOf(error: ProgramError): string {
  if ("offset" in error) return `the module is refused: ${error.code} at byte ${error.offset}`;
  switch (error.code) {
    case "definition-malformed":
      return error.message;
    case "module-trapped":
      return "the module traps, or does not come to its end, while it is asked what it is";
    case "region-outside-memory":
      return "kith_region() gives no place for the region within memory, at a multiple of 4";
    case "definition-outside-memory":
      return "kith_definition() and kith_definition_size() give no part of memory";
  }
}
