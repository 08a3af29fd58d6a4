import type { Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceModule } from "@kith/protocol/service-abi";

import type { CodeFault, CodeReference, DescribedCode } from "../code.ts";
import { placesOf } from "../guest/action-places.ts";
import type { OnLog } from "../guest/guest-session.ts";
import { programsKept } from "../limits.ts";
import { makeProgram, type ProgramError, type WasmProgram } from "./wasm-program.ts";
import { WasmService } from "./wasm-service.ts";

/** Runs services that are WebAssembly modules: each session has an instance of its own of each. */
export class WasmMachine {
  readonly #programs = new Map<Checksum, WasmProgram>();
  readonly #onLog: OnLog | undefined;

  constructor(onLog?: OnLog) {
    this.#onLog = onLog;
  }

  load({ service, codeHash, read }: CodeReference): ServiceModule | undefined {
    const program = this.#programOf(codeHash, read);
    if (program === undefined) return undefined;
    const name = `${service} ${codeHash}`;
    const inSession = (session: { hold: Hold }): WasmService =>
      session.hold(name, () => new WasmService(program, this.#onLog));
    return {
      definition: program.definition,
      action: (method, args, host) => inSession(host.session).action(method, args, host),
      ...(program.serves
        ? { serve: (request, host) => inSession(host.session).serve(request, host) }
        : {}),
      ...(placesOf(program.definition).queries.size > 0
        ? { query: (query, args, host) => inSession(host.session).query(query, args, host) }
        : {}),
    };
  }

  describe(codeHash: Checksum, code: Uint8Array): Result<DescribedCode, CodeFault> {
    const known = this.#programs.get(codeHash);
    const made = known === undefined ? makeProgram(code) : ok(known);
    if (!made.ok) {
      const { code: fault, fuel } = made.error;
      return err({ code: fault, message: messageOf(made.error), fuel });
    }
    this.#keep(codeHash, made.value);
    const { definition, fuel } = made.value;
    return ok({ definition, fuel });
  }

  #programOf(codeHash: Checksum, read: () => Uint8Array | undefined): WasmProgram | undefined {
    const known = this.#programs.get(codeHash);
    if (known !== undefined) {
      this.#keep(codeHash, known);
      return known;
    }
    const code = read();
    const made = code === undefined ? undefined : makeProgram(code);
    if (made?.ok !== true) return undefined;
    this.#keep(codeHash, made.value);
    return made.value;
  }

  #keep(codeHash: Checksum, program: WasmProgram): void {
    this.#programs.delete(codeHash);
    this.#programs.set(codeHash, program);
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > programsKept && oldest !== undefined) this.#programs.delete(oldest);
  }
}

type Hold = <T extends { close(): void }>(name: string, make: () => T) => T;

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
