import {
  guestEntries,
  guestOutcomes,
  regionWindowAt,
  regionWindowBytes,
} from "@kith/protocol/guest-abi";
import type { MethodName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import {
  ServiceAbort,
  type ActionHost,
  type QueryHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";
import { parseServiceSchema } from "@kith/protocol/service-schema";
import { unpackText } from "@kith/protocol/texts";

import type { EngineInstance } from "../engine/engine-instance.ts";
import { abortTextCharsMax } from "../limits.ts";
import { GuestSession, OutOfFuel } from "./guest-session.ts";
import { describeThrown, type Image } from "./image.ts";
import type { InstancePool } from "./instance-pool.ts";

const jobsAll = -1;

/** A service of JavaScript, for as long as one session lasts: its calls see what earlier ones left in its memory. */
export class JavascriptService implements ServiceModule {
  readonly definition: ServiceDefinition;
  readonly #image: Image;
  readonly #pool: InstancePool;
  #instance: EngineInstance | undefined;

  constructor(image: Image, pool: InstancePool) {
    this.definition = image.definition;
    this.#image = image;
    this.#pool = pool;
  }

  action(method: MethodName, args: Uint8Array, host: ActionHost): Uint8Array {
    const place = placesOf(this.definition).get(method);
    if (place === undefined) {
      throw new ServiceAbort("method-unknown", `${host.self} has no action ${method}`);
    }
    const output = this.#run(host, { entry: guestEntries.action, place, input: args });
    if (output === undefined) throw new ServiceAbort("service-failed", "an action gave no result");
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

  #run(host: QueryHost, given: Given): Uint8Array | undefined {
    this.#instance ??= this.#pool.take(this.#image);
    const instance = this.#instance;
    const session = new GuestSession(host);
    const outcome = ((): Outcome => {
      try {
        return instance.within(session, () => this.#enter(instance, session, given));
      } catch (thrown) {
        this.#instance = undefined;
        throw translateTrap(thrown, host);
      }
    })();
    if (outcome.kind === "done") return outcome.output;
    if (outcome.kind === "failed") this.#instance = undefined;
    throw new ServiceAbort(outcome.code, cut(outcome.message));
  }

  #enter(instance: EngineInstance, session: GuestSession, { entry, place, input }: Given): Outcome {
    const { engine, context, runtime } = instance;
    const { words, bytes } = instance.region;
    session.transfer.give(bytes, input);
    words[0] = entry;
    words[1] = input.length;
    words[2] = place;
    const value = engine.call(context, this.#image.run, this.#image.self, 0, 0);
    const thrown = engine.resolveException(context, value);
    if (thrown !== 0) return failedWith(describeThrown(instance, thrown));
    engine.freeValue(context, value);
    while (engine.isJobPending(runtime) !== 0) engine.executePendingJob(runtime, jobsAll, 0);
    return outcomeOf(instance, session);
  }
}

type Outcome =
  | { readonly kind: "done"; readonly output: Uint8Array | undefined }
  | { readonly kind: "aborted" | "failed"; readonly code: string; readonly message: string };

function outcomeOf(instance: EngineInstance, session: GuestSession): Outcome {
  const { words, bytes } = instance.region;
  const [outcome, claimed = 0] = words;
  const size = Math.min(Math.max(claimed, 0), regionWindowBytes);
  const output = session.transfer.take(bytes.subarray(regionWindowAt, regionWindowAt + size));
  if (outcome === guestOutcomes.none) return { kind: "done", output: undefined };
  if (outcome === guestOutcomes.done) return { kind: "done", output };
  const text = unpackText(output) ?? "";
  if (outcome !== guestOutcomes.aborted) return failedWith(text);
  const end = text.indexOf("\n");
  return { kind: "aborted", code: text.slice(0, end), message: text.slice(end + 1) };
}

function failedWith(message: string): Outcome {
  return { kind: "failed", code: "service-failed", message };
}

type Given = { readonly entry: number; readonly place: number; readonly input: Uint8Array };

/** What ends guest code from outside, in the terms of the chain. Anything else is a fault of this program. */
function translateTrap(thrown: unknown, { meter, self }: QueryHost): unknown {
  if (thrown instanceof OutOfFuel || meter.fuel < 0) {
    return new ServiceAbort("out-of-fuel", `${self} used up the fuel of this transaction`);
  }
  if (!(thrown instanceof WebAssembly.RuntimeError)) return thrown;
  if (meter.stackBytes < 0) {
    return new ServiceAbort(
      "stack-exhausted",
      "services called each other, or themselves, too deep",
    );
  }
  return new ServiceAbort("service-trapped", `${self} needed more than a service can have`);
}

const placesByDefinition = new WeakMap<ServiceDefinition, ReadonlyMap<MethodName, number>>();

/** Where each action stands in the definition. */
function placesOf(definition: ServiceDefinition): ReadonlyMap<MethodName, number> {
  const known = placesByDefinition.get(definition);
  if (known !== undefined) return known;
  const schema = parseServiceSchema(definition.schema);
  const names = schema.ok ? Object.keys(schema.value.actions) : [];
  const places = new Map(names.map((name, place) => [methodNameConstant(name), place] as const));
  placesByDefinition.set(definition, places);
  return places;
}

function cut(text: string): string {
  return text.slice(0, abortTextCharsMax);
}
