import { guestEntries } from "@kith/protocol/guest-abi";
import type { MethodName } from "@kith/protocol/ids";
import {
  ServiceAbort,
  type ActionHost,
  type QueryHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";

import type { EngineInstance } from "../engine/engine-instance.ts";
import { placesOf } from "../guest/action-places.ts";
import {
  failedWith,
  giveCall,
  outcomeOf,
  outputOf,
  translateTrap,
  type GuestCall,
  type Outcome,
} from "../guest/guest-call.ts";
import { GuestSession, type OnLog } from "../guest/guest-session.ts";
import { describeThrown } from "./evaluate.ts";
import type { Image } from "./image.ts";
import type { InstancePool } from "./instance-pool.ts";

const jobsAll = -1;
const noArguments = 0;

/** A service of JavaScript, for as long as one session lasts: its calls see what earlier ones left in its memory. */
export class JavascriptService implements ServiceModule {
  readonly definition: ServiceDefinition;
  readonly #image: Image;
  readonly #pool: InstancePool;
  readonly #onLog: OnLog | undefined;
  #instance: EngineInstance | undefined;

  constructor(image: Image, pool: InstancePool, onLog?: OnLog) {
    this.definition = image.definition;
    this.#image = image;
    this.#pool = pool;
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
    if (this.#instance !== undefined) this.#pool.giveBack(this.#instance);
    this.#instance = undefined;
  }

  #run(host: QueryHost, call: GuestCall): Uint8Array | undefined {
    const outcome = this.#enter(host, call);
    // Whatever state a failure left behind, no later call shall meet it.
    if (outcome.kind === "failed") this.#instance = undefined;
    return outputOf(outcome);
  }

  #enter(host: QueryHost, call: GuestCall): Outcome {
    const session = new GuestSession(host, this.#onLog);
    try {
      const instance = (this.#instance ??= this.#start(session));
      return instance.within(session, () => {
        giveCall(instance, session, call);
        return this.#callGuest(instance) ?? outcomeOf(instance, session);
      });
    } catch (thrown) {
      this.#instance = undefined;
      throw translateTrap(thrown, host);
    }
  }

  #start(session: GuestSession): EngineInstance {
    session.onStart(this.#image.pages);
    return this.#pool.take(this.#image);
  }

  /** Undefined when the guest has put its outcome into the region. */
  #callGuest(instance: EngineInstance): Outcome | undefined {
    const { engine, context, runtime } = instance;
    const { run, self } = this.#image;
    const value = engine.call(context, run, self, noArguments, noArguments);
    const thrown = engine.resolveException(context, value);
    if (thrown !== 0) return failedWith(describeThrown(instance, thrown));
    engine.freeValue(context, value);
    while (engine.isJobPending(runtime) !== 0) engine.executePendingJob(runtime, jobsAll, 0);
    return undefined;
  }
}
