import type { EngineInstance } from "../engine/engine-instance.ts";
import type { Description } from "../guest/description.ts";
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
import type { EngineImage, Image } from "./image.ts";
import type { InstancePool } from "./instance-pool.ts";

const jobsAll = -1;
const noArguments = 0;

/** A service of which the image is looked for when an instance starts, and was paid for. */
export type StartableService = Pick<Description, "definition" | "pages" | "compileFuel"> & {
  readonly image: () => EngineImage;
};

/** One whose image is in hand. */
export function startable(image: Image): StartableService {
  const { definition, pages } = image;
  return { definition, pages, compileFuel: 0, image: () => image };
}

/** An instance of this session, and what its image says of it. */
type Started = Pick<EngineImage, "run" | "self"> & { readonly instance: EngineInstance };

/** A service of JavaScript, for as long as one session lasts: its calls see what earlier ones left in its memory. */
export class JavascriptService extends GuestService {
  readonly #service: StartableService;
  readonly #pool: InstancePool;
  #started: Started | undefined;

  constructor(service: StartableService, pool: InstancePool, onLog?: OnLog) {
    super(service.definition, pool.operations, onLog);
    this.#service = service;
    this.#pool = pool;
  }

  override close(): void {
    this.#giveBack();
  }

  protected override enter(session: GuestSession, call: GuestCall): Outcome {
    const started = (this.#started ??= this.#start(session));
    const { instance } = started;
    return instance.within(session, () => {
      giveCall(instance, session, call);
      return callGuest(started) ?? outcomeOf(instance, session);
    });
  }

  protected override forget(): void {
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#started !== undefined) this.#pool.giveBack(this.#started.instance);
    this.#started = undefined;
  }

  #start(session: GuestSession): Started {
    session.onStart(this.#service);
    const image = this.#service.image();
    const { run, self } = image;
    return { instance: this.#pool.take(image), run, self };
  }
}

/** Undefined when the guest has put its outcome into the region. */
function callGuest({ instance, run, self }: Started): Outcome | undefined {
  const { engine, context, runtime } = instance;
  const value = engine.call(context, run, self, noArguments, noArguments);
  const thrown = engine.resolveException(context, value);
  if (thrown !== 0) return failedWith(describeThrown(instance, thrown));
  engine.freeValue(context, value);
  while (engine.isJobPending(runtime) !== 0) engine.executePendingJob(runtime, jobsAll, 0);
  return undefined;
}
