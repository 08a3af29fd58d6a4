import type { EngineInstance } from "../engine/engine-instance.ts";
import {
  failedWith,
  giveCall,
  outcomeOf,
  type GuestCall,
  type Outcome,
} from "../guest/guest-call.ts";
import { GuestService } from "../guest/guest-service.ts";
import type { GuestSession, OnLog } from "../guest/guest-session.ts";
import { describeThrown } from "./evaluate.ts";
import type { Image } from "./image.ts";
import type { InstancePool } from "./instance-pool.ts";

const jobsAll = -1;
const noArguments = 0;

/** A service of JavaScript, for as long as one session lasts: its calls see what earlier ones left in its memory. */
export class JavascriptService extends GuestService {
  readonly #image: Image;
  readonly #pool: InstancePool;
  #instance: EngineInstance | undefined;

  constructor(image: Image, pool: InstancePool, onLog?: OnLog) {
    super(image.definition, onLog);
    this.#image = image;
    this.#pool = pool;
  }

  override close(): void {
    if (this.#instance !== undefined) this.#pool.giveBack(this.#instance);
    this.#instance = undefined;
  }

  protected override enter(session: GuestSession, call: GuestCall): Outcome {
    const instance = (this.#instance ??= this.#start(session));
    return instance.within(session, () => {
      giveCall(instance, session, call);
      return this.#callGuest(instance) ?? outcomeOf(instance, session);
    });
  }

  protected override forget(): void {
    this.#instance = undefined;
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
