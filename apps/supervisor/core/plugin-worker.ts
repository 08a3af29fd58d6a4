import type { Ask, AskAnswer } from "../machine/journal.ts";
import type { Called, PluginCode, TopCall } from "../machine/plugin-machine.ts";
import type { FromWorker, MachineStart, ToWorker } from "../worker/messages.ts";
import { Failure } from "./failure.ts";
import { pluginSilenceMsMax } from "./limits.ts";

type Running = {
  readonly answer: (ask: Ask) => Promise<AskAnswer>;
  readonly end: (called: Called) => void;
  /** Ends the worker when it computes for too long. */
  timer: ReturnType<typeof setTimeout> | undefined;
};

type WorkerPort = {
  /** A new thread of the worker's script. */
  readonly open: () => Worker;
  readonly start: () => Promise<MachineStart>;
  readonly wholeEngine: () => Promise<WebAssembly.Module | undefined>;
  readonly onLog: (plugin: string, line: string) => void;
};

/**
 * The thread of the plugins, as the frame sees it. It can be thrown away at any time: nothing is in it that has to last.
 * Fuel ends plugins that compute too long; the clock here is for a thread that does not even come that far.
 */
export class PluginWorker {
  readonly #port: WorkerPort;
  readonly #running = new Map<number, Running>();
  #worker: Promise<Worker> | undefined;
  #lastId = 0;

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  /** Gets ready before there is something to do. */
  warmUp(): Promise<unknown> {
    return this.#opened();
  }

  async call(
    call: TopCall,
    plugins: readonly PluginCode[],
    answer: (ask: Ask) => Promise<AskAnswer>,
  ): Promise<Called> {
    const worker = await this.#opened();
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Called>();
    this.#running.set(id, { answer, end: resolve, timer: undefined });
    this.#tell(worker, { kind: "call", id, call, plugins });
    this.#watch(id);
    return promise;
  }

  #opened(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const opening = this.#open();
    this.#worker = opening;
    // The next call tries again: the network may be back by then.
    opening.catch(() => {
      if (this.#worker === opening) this.#worker = undefined;
    });
    return opening;
  }

  /** Throws `plugins-not-started`, or why there is no engine. */
  async #open(): Promise<Worker> {
    const worker = this.#port.open();
    const ready = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<never>();
    let isOpen = false;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "ready") ready.resolve();
      else this.#take(worker, data);
    });
    worker.addEventListener("error", () => {
      if (isOpen) this.#stop("the plugins' thread has failed");
      else failed.reject(new Failure("plugins-not-started", "the plugins' thread does not start"));
    });
    try {
      const opening = Promise.all([this.#port.start(), ready.promise]);
      const [start] = await Promise.race([opening, failed.promise]);
      isOpen = true;
      this.#tell(worker, { kind: "start", start });
      return worker;
    } catch (thrown) {
      worker.terminate();
      throw thrown;
    }
  }

  #tell(worker: Worker, message: ToWorker): void {
    worker.postMessage(message);
  }

  #take(worker: Worker, message: Exclude<FromWorker, { readonly kind: "ready" }>): void {
    if (message.kind === "log") {
      this.#port.onLog(message.plugin, message.line);
      return;
    }
    if (message.kind === "widen") {
      void this.#widen(worker);
      return;
    }
    const { id } = message;
    const running = this.#running.get(id);
    if (running === undefined) return;
    clearTimeout(running.timer);
    if (message.kind === "called") {
      this.#running.delete(id);
      running.end(message.called);
      return;
    }
    void running.answer(message.ask).then((answer) => {
      if (!this.#running.has(id)) return;
      this.#tell(worker, { kind: "answer", id, answer });
      this.#watch(id);
    });
  }

  /** No plugin computes while that comes. */
  async #widen(worker: Worker): Promise<void> {
    for (const { timer } of this.#running.values()) clearTimeout(timer);
    const engine = await this.#port.wholeEngine();
    this.#tell(worker, { kind: "widened", engine });
    for (const id of this.#running.keys()) this.#watch(id);
  }

  #watch(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => this.#stop("a plugin took too long"), pluginSilenceMsMax);
  }

  /** All calls fail that are under way; what comes next has a new thread. */
  #stop(message: string): void {
    void this.#worker?.then((worker) => worker.terminate());
    this.#worker = undefined;
    const failed = { code: "plugin-stopped", message };
    for (const { end, timer } of this.#running.values()) {
      clearTimeout(timer);
      end({ actions: [], claims: [], effects: [], result: { ok: false, error: failed } });
    }
    this.#running.clear();
  }
}
