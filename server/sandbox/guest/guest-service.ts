import { guestEntries } from "@kith/protocol/guest-abi";
import type { MethodName } from "@kith/protocol/ids";
import {
  ServiceAbort,
  type ActionHost,
  type QueryHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";

import { placesOf } from "./action-places.ts";
import { outputOf, translateTrap, type GuestCall, type Outcome } from "./guest-call.ts";
import { GuestSession, type OnLog } from "./guest-session.ts";
import type { Operations } from "./operation.ts";

/** A service that runs as a guest, for as long as one session lasts. What runs it, a subclass says. */
export abstract class GuestService implements ServiceModule {
  readonly definition: ServiceDefinition;
  readonly #operations: Operations;
  readonly #onLog: OnLog | undefined;

  constructor(definition: ServiceDefinition, operations: Operations, onLog: OnLog | undefined) {
    this.definition = definition;
    this.#operations = operations;
    this.#onLog = onLog;
  }

  /** The end of the session. */
  abstract close(): void;

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

  /** Throws what ends a guest from outside. */
  protected abstract enter(session: GuestSession, call: GuestCall): Outcome;

  /** Whatever state a failure left behind, no later call shall meet it. */
  protected abstract forget(): void;

  #run(host: QueryHost, call: GuestCall): Uint8Array | undefined {
    const outcome = this.#entered(host, call);
    if (outcome.kind === "failed") this.forget();
    return outputOf(outcome);
  }

  #entered(host: QueryHost, call: GuestCall): Outcome {
    try {
      return this.enter(new GuestSession(host, this.#operations, this.#onLog), call);
    } catch (thrown) {
      this.forget();
      throw translateTrap(thrown, host);
    }
  }
}
