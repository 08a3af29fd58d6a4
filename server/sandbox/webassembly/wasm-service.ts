import type { Description } from "../guest/description.ts";
import { giveCall, outcomeOf, type GuestCall, type Outcome } from "../guest/guest-call.ts";
import { GuestService } from "../guest/guest-service.ts";
import type { GuestSession, OnLog } from "../guest/guest-session.ts";
import { serviceOperations } from "../guest/service-operations.ts";
import { WasmInstance } from "./wasm-instance.ts";

/** A service of which the module is looked for when an instance starts, and was paid for. */
export type StartableModule = Pick<Description, "definition" | "pages" | "compileFuel"> & {
  readonly module: () => WebAssembly.Module;
};

/** A service that is a WebAssembly module, for as long as one session lasts. Its memory is used by nothing else, ever. */
export class WasmService extends GuestService {
  readonly #service: StartableModule;
  #instance: WasmInstance | undefined;

  constructor(service: StartableModule, onLog?: OnLog) {
    super(service.definition, serviceOperations, onLog);
    this.#service = service;
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

  #start(session: GuestSession): WasmInstance {
    session.onStart(this.#service);
    return new WasmInstance(this.#service.module());
  }
}
