import { Failure, type FailureFacts } from "../core/failure.ts";

/** Of the window to the frame, and of the frame to the window, on a channel that nobody else knows the name of. */
export type OfWindow =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly value: unknown }
  | ({ readonly kind: "failed" } & FailureFacts);
export type OfFrame = { readonly kind: "task"; readonly task: unknown };

const readyMsMax = 20_000;
const features = "popup,width=460,height=680";

/** Each end holds a lock for as long as it is there: however it ends, the other one gets that lock then. */
export function channelName(id: string): string {
  return `kith window ${id}`;
}
export function windowLock(id: string): string {
  return `kith window ${id} is open`;
}
export function frameLock(id: string): string {
  return `kith window ${id} is awaited`;
}

/**
 * A page of the supervisor in a window of its own, which does one thing and says what came of it. It has no opener: the
 * browser parts them, because the page around the frame is another origin's. A channel of this origin has to do.
 */
export class OneTimeWindow<Value> {
  readonly #id = randomId();
  readonly #url: string;
  readonly #dismissed: string;
  readonly #channel: BroadcastChannel;
  readonly #outcome = Promise.withResolvers<Value>();
  readonly #ending = new AbortController();
  #isReady = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(path: string, task: unknown, dismissed: string) {
    this.#url = `${path}#${this.#id}`;
    this.#dismissed = dismissed;
    this.#channel = new BroadcastChannel(channelName(this.#id));
    this.#channel.addEventListener("message", ({ data }: MessageEvent<OfWindow>) => {
      if (data.kind === "done") {
        // oxlint-disable-next-line no-unsafe-type-assertion -- the window is a page of this origin that knows its task
        this.#outcome.resolve(data.value as Value);
      } else if (data.kind === "failed") {
        this.#outcome.reject(new Failure(data.code, data.message));
      } else if (!this.#isReady) {
        this.#isReady = true;
        const message: OfFrame = { kind: "task", task };
        this.#channel.postMessage(message);
        void this.#watch();
      }
    });
  }

  /** `dismissed` is the code of the failure when the window is closed. */
  static async make<Value>(
    path: string,
    task: unknown,
    dismissed: string,
  ): Promise<OneTimeWindow<Value>> {
    const made = new OneTimeWindow<Value>(path, task, dismissed);
    // The window looks for it first of all.
    await made.#hold();
    return made;
  }

  /** What came of it; rejects when the window is closed. */
  get outcome(): Promise<Value> {
    return this.#outcome.promise;
  }

  /** Only out of a click. False when the browser does not let it. */
  open(): boolean {
    if (this.#isReady) return true;
    // Whatever the browser says of it afterwards, it is parted from this frame at once.
    const opened = window.open(this.#url, "_blank", features);
    if (opened === null) return false;
    clearTimeout(this.#timer);
    const late = new Failure(this.#dismissed, "the window did not open");
    this.#timer = setTimeout(() => this.#isReady || this.#outcome.reject(late), readyMsMax);
    return true;
  }

  /** The window closes, too. */
  close(): void {
    clearTimeout(this.#timer);
    this.#channel.close();
    this.#ending.abort();
  }

  async #hold(): Promise<void> {
    const { signal } = this.#ending;
    const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => end());
    void navigator.locks.request(frameLock(this.#id), () => {
      held();
      return ended;
    });
    await isHeld;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    const closed = new Failure(this.#dismissed, "the window was closed");
    await navigator.locks
      .request(windowLock(this.#id), { signal }, () => this.#outcome.reject(closed))
      .catch(() => undefined);
  }
}

const idBytes = 16;

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(idBytes));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
