import type { MethodName, AccountName, TransactionId } from "@kith/protocol/ids";
import type { Receipt } from "@kith/protocol/receipt";
import { err, ok, type Result } from "@kith/protocol/result";

import {
  frameMessage,
  pageMessage,
  type FetchMessage,
  type FrameMessage,
  type PageMessage,
  type Surroundings,
  type WriteState,
} from "../connect/page-messages.ts";

/**
 * Why a call has no result; `code` is the plugin's, the service's or the supervisor's. `plugin-changed`: the plugin was
 * upgraded and takes something else now; the page has to be loaded again.
 */
export type CallError = {
  readonly code: string;
  readonly message: string;
  /** When something was sent. */
  readonly transactionId?: TransactionId;
};

/** What came of a call. */
export type CallOutcome = {
  readonly value: Uint8Array;
  /** Where it became final; left out when there was nothing to send, or nobody to send it to yet. */
  readonly receipt?: Receipt;
  /** It is signed and kept, and will be sent when there is a network. */
  readonly queued?: TransactionId;
};

/** What hears of the frame's news. */
export type LinkEvents = {
  readonly onReady: (surroundings: Surroundings) => void;
  readonly onWrites: (writes: readonly WriteState[]) => void;
  readonly onReach: (isReached: boolean) => void;
  readonly onShow: (isShown: boolean) => void;
};

type Waiting = { readonly isCall: boolean; readonly take: (message: FrameMessage) => void };

/** The page's end of what it says to the supervisor. */
export class SupervisorLink {
  readonly #port: MessagePort;
  readonly #events: LinkEvents;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** The frame has said who is signed in, and what is asked is asked of it. */
  #isGreeted = false;
  /** What waits for that here, in its order: what has been put into the port cannot be taken back. */
  readonly #held = new Map<number, PageMessage>();
  /** Why nobody answers, as long as nobody does. */
  #silence: CallError | undefined;

  constructor(port: MessagePort, events: LinkEvents) {
    this.#port = port;
    this.#events = events;
    port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const read = data instanceof Uint8Array ? frameMessage.unpack(data) : undefined;
      if (read?.ok === true) this.#take(read.value);
    });
    port.start();
  }

  /**
   * All that is asked fails with this, until the frame says (again) that it is there, and is not done later: whoever was told that it
   * failed may have asked again. Calls that the frame has taken go on.
   */
  fail(why: CallError): void {
    this.#silence = why;
    for (const [id, { isCall, take }] of this.#waiting) {
      const isHeld = this.#held.delete(id);
      if (isCall && !isHeld) continue;
      if (!isHeld) this.#tell({ cancel: { id } });
      take({ failed: { id, ...why } });
    }
  }

  call(
    plugin: AccountName,
    method: MethodName,
    args: Uint8Array,
  ): Promise<Result<CallOutcome, CallError>> {
    return this.#ask((id) => ({ call: { id, plugin, method, args } }));
  }

  act(
    actions: readonly { readonly method: MethodName; readonly rawData: Uint8Array }[],
  ): Promise<Result<CallOutcome, CallError>> {
    return this.#ask((id) => ({ act: { id, actions } }));
  }

  retry(transactionId: TransactionId): Promise<Result<CallOutcome, CallError>> {
    return this.#ask((id) => ({ retry: { id, transactionId } }));
  }

  drop(transactionId: TransactionId): Promise<Result<CallOutcome, CallError>> {
    return this.#ask((id) => ({ drop: { id, transactionId } }));
  }

  /** As much of `fetch` as queries and streams need; rejects when no node is reached. */
  async fetch(request: Omit<FetchMessage, "id">, signal?: AbortSignal): Promise<Response> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    let body: ReadableStreamDefaultController<Uint8Array> | undefined;
    const end = (): void => {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", abort);
    };
    const abort = (): void => {
      end();
      if (!this.#held.delete(id)) this.#tell({ cancel: { id } });
      const thrown = new DOMException("the page has called it off", "AbortError");
      body?.error(thrown);
      reject(thrown);
    };
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (body = controller),
      cancel: () => {
        end();
        this.#tell({ cancel: { id } });
      },
    });
    this.#waiting.set(id, {
      isCall: false,
      take: (message) => {
        if ("response" in message) {
          const { status, contentType } = message.response;
          resolve(responseOf(status, contentType, stream));
        } else if ("chunk" in message) body?.enqueue(message.chunk.bytes);
        else if ("end" in message) {
          end();
          if (message.end.isWhole) body?.close();
          else body?.error(new TypeError("the answer broke off"));
        } else if ("failed" in message) {
          end();
          const thrown = new TypeError(message.failed.message);
          body?.error(thrown);
          reject(thrown);
        }
      },
    });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted === true) abort();
    else this.#askAbout(id, { fetch: { id, ...request } });
    return promise;
  }

  #ask(messageOf: (id: number) => PageMessage): Promise<Result<CallOutcome, CallError>> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, {
        isCall: true,
        take: (message) => {
          this.#waiting.delete(id);
          if ("failed" in message) {
            const { id: _id, ...error } = message.failed;
            resolve(err(error));
          } else if ("done" in message) {
            const { value, receipt } = message.done;
            resolve(ok(receipt === undefined ? { value } : { value, receipt }));
          } else if ("queued" in message) {
            const { value, transactionId } = message.queued;
            resolve(ok({ value, queued: transactionId }));
          }
        },
      });
      this.#askAbout(id, messageOf(id));
    });
  }

  #askAbout(id: number, message: PageMessage): void {
    if (this.#silence !== undefined) {
      this.#waiting.get(id)?.take({ failed: { id, ...this.#silence } });
    } else if (this.#isGreeted || isAnybodys(message)) this.#tell(message);
    else this.#held.set(id, message);
  }

  #take(message: FrameMessage): void {
    const { onReady, onWrites, onReach, onShow } = this.#events;
    if ("ready" in message) {
      this.#silence = undefined;
      // Whoever hears of it may call, or fail what waits: that is in its turn behind, or not done.
      const { writes, ...surroundings } = message.ready;
      onReady(surroundings);
      onWrites(writes);
      this.#isGreeted = true;
      for (const held of this.#held.values()) this.#tell(held);
      this.#held.clear();
    } else if ("writes" in message) onWrites(message.writes.writes);
    else if ("reach" in message) onReach(message.reach.isReached);
    else if ("show" in message) onShow(message.show.isShown);
    else this.#waiting.get(idOf(message) ?? 0)?.take(message);
  }

  #tell(message: PageMessage): void {
    this.#port.postMessage(pageMessage.pack(message));
  }
}

/** Changes nothing, and shows nobody whose it is: it may be done by a frame that nobody has heard of yet. */
function isAnybodys(message: PageMessage): boolean {
  return "cancel" in message || ("fetch" in message && !message.fetch.asUser);
}

/** Undefined for news that nobody asked for. */
function idOf(message: FrameMessage): number | undefined {
  const [value]: readonly object[] = Object.values(message);
  const id: unknown = Reflect.get(Object(value), "id");
  return typeof id === "number" ? id : undefined;
}

const bodyless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

function responseOf(
  status: number,
  contentType: string,
  body: ReadableStream<Uint8Array>,
): Response {
  const headers = { "content-type": contentType };
  return new Response(bodyless.has(status) ? null : body, { status, headers });
}
