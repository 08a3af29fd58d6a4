import { giveCall, outcomeOf, type GuestCall, type Outcome } from "../guest/guest-call.ts";
import { GuestService } from "../guest/guest-service.ts";
import type { GuestSession, OnLog } from "../guest/guest-session.ts";
import { wasmPagesMax } from "../limits.ts";
import { WasmInstance } from "./wasm-instance.ts";
import type { WasmProgram } from "./wasm-program.ts";

/** A service that is a WebAssembly module, for as long as one session lasts. Its memory is used by nothing else, ever. */
export class WasmService extends GuestService {
  readonly #program: WasmProgram;
  #instance: WasmInstance | undefined;

  constructor(program: WasmProgram, onLog?: OnLog) {
    super(program.definition, onLog);
    this.#program = program;
  }

  override close(): void {
    this.forget();
  }

  protected override enter(session: GuestSession, call: GuestCall): Outcome {
    const instance = (this.#instance ??= this.#start(session));
    return instance.within(session, (exports) => {
      if (!instance.findRegion(exports)) {
        throw new WebAssembly.RuntimeError("the region lies outside of memory");
      }
      giveCall(instance, session, call);
      exports.kith_run();
      return outcomeOf(instance, session);
    });
  }

  protected override forget(): void {
    this.#instance = undefined;
  }

  /** It may come to use all the memory that a module has. */
  #start(session: GuestSession): WasmInstance {
    session.onStart(wasmPagesMax);
    const { module, facts } = this.#program;
    return new WasmInstance(module, facts);
  }
}
