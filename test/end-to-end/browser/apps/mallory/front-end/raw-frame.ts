import { pageGreeting } from "@kith/sdk/connect/greeting";
import {
  frameMessage,
  pageMessage,
  type FrameMessage,
  type PageMessage,
} from "@kith/sdk/connect/page-messages";

const patienceMs = 20_000;

/** One end of a port, and what comes out of it. */
export class RawPort {
  readonly heard: FrameMessage[] = [];
  /** For somebody else. */
  readonly far: MessagePort;
  readonly #port: MessagePort;
  readonly #hear = new EventTarget();

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.far = port2;
    port1.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
      const read = frameMessage.unpack(data);
      if (read.ok) this.heard.push(read.value);
      this.#hear.dispatchEvent(new Event("heard"));
    });
    port1.start();
  }

  /** Anything, also what is no message. */
  post(message: unknown): void {
    this.#port.postMessage(message, []);
  }

  say(message: PageMessage): void {
    this.post(pageMessage.pack(message));
  }

  /** The first message for which there is something to say, also of those before. */
  until<T>(find: (message: FrameMessage) => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (): void => {
      const found = this.heard.map(find).find((each) => each !== undefined);
      if (found !== undefined) resolve(found);
    };
    this.#hear.addEventListener("heard", look);
    setTimeout(() => reject(new Error("nothing was heard")), patienceMs);
    look();
    return promise;
  }

  /** The frame serves whoever has the other end. */
  async greeted(): Promise<RawPort> {
    await this.until((message) => ("ready" in message ? true : undefined));
    return this;
  }

  /** What became of a call or an act: `done`, or the code of its failure. */
  ended(id: number): Promise<string> {
    return this.until((message) => {
      if ("failed" in message && message.failed.id === id) return message.failed.code;
      if ("done" in message && message.done.id === id) return "done";
      return "queued" in message && message.queued.id === id ? "queued" : undefined;
    });
  }
}

/** Shows an address in a frame, such as the supervisor's, without the SDK. */
export function frameOf(
  url: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<Window> {
  const element = document.createElement("iframe");
  element.title = "another app";
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => {
      if (element.contentWindow === null) reject(new Error("the frame is gone"));
      else resolve(element.contentWindow);
    });
    element.src = url;
    document.body.append(element);
  });
}

/** Hands a port over with these words, as the SDK does with `pageGreeting`. */
export function greet(frame: Window, words: unknown = pageGreeting): RawPort {
  const port = new RawPort();
  frame.postMessage(words, "*", [port.far]);
  return port;
}

/** Says `done`, or the name of the error that stopped it. */
export async function attempt(run: () => unknown): Promise<string> {
  try {
    await run();
    return "done";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.name : String(thrown);
  }
}
