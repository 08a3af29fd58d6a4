import { guestEntries } from "@kith/protocol/guest-abi";
import type { MethodName } from "@kith/protocol/ids";
import {
  ServiceAbort,
  type ActionHost,
  type QueryHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";

import { placesOf } from "../guest/action-places.ts";
import {
  giveCall,
  outcomeOf,
  outputOf,
  translateTrap,
  type GuestCall,
  type Outcome,
} from "../guest/guest-call.ts";
import { GuestSession, type OnLog } from "../guest/guest-session.ts";
import { wasmPagesMax } from "../limits.ts";
import { WasmInstance } from "./wasm-instance.ts";
import type { WasmProgram } from "./wasm-program.ts";

/** A service that is a WebAssembly module, for as long as one session lasts. Its memory is used by nothing else, ever. */
export class WasmService implements ServiceModule {
  readonly definition: ServiceDefinition;
  readonly #program: WasmProgram;
  readonly #onLog: OnLog | undefined;
  #instance: WasmInstance | undefined;

  constructor(program: WasmProgram, onLog?: OnLog) {
    this.definition = program.definition;
    this.#program = program;
    this.#onLog = onLog;
  }

  action(method: MethodName, args: Uint8Array, host: ActionHost): Uint8Array {
    const place = placesOf(this.definition).actions.get(method);
    if (place === undefined) {
      throw new ServiceAbort("method-unknown", `${host.self} has no action ${method}`);
    }
    const output = this.#run(host, { entry: guestEntries.action, place, input: args });
    if (output === undefined) throw new ServiceAbort("service-failed", "an action gave no result");
    return output;
  }

  query(name: MethodName, args: Uint8Array, host: QueryHost): Uint8Array {
    const place = placesOf(this.definition).queries.get(name);
    if (place === undefined) {
      throw new ServiceAbort("query-unknown", `${host.self} has no query ${name}`);
    }
    const output = this.#run(host, { entry: guestEntries.query, place, input: args });
    if (output === undefined) throw new ServiceAbort("service-failed", "a query gave no result");
    return output;
  }

  serve(request: Uint8Array, host: QueryHost): Uint8Array | undefined {
    return this.#run(host, { entry: guestEntries.serve, place: 0, input: request });
  }

  /** The end of the session. */
  close(): void {
    this.#instance = undefined;
  }

  #run(host: QueryHost, call: GuestCall): Uint8Array | undefined {
    const session = new GuestSession(host, this.#onLog);
    const outcome = ((): Outcome => {
      try {
        return this.#enter(session, call);
      } catch (thrown) {
        this.#instance = undefined;
        throw translateTrap(thrown, host);
      }
    })();
    if (outcome.kind === "failed") this.#instance = undefined;
    return outputOf(outcome);
  }

  #enter(session: GuestSession, call: GuestCall): Outcome {
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

  /** It may come to use all the memory that a module has. */
  #start(session: GuestSession): WasmInstance {
    session.onStart(wasmPagesMax);
    const { module, facts } = this.#program;
    return new WasmInstance(module, facts);
  }
}
