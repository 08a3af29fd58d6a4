import { spawn, type ChildProcess } from "node:child_process";

const repository = new URL("../../", import.meta.url).pathname;

/** Output that is kept of each process: enough to see why a test failed. */
const outputCharsMax = 1_000_000;

/** Whoever is asked to end does so long before this, also on a busy machine. */
const stopMsMax = 90_000;

const running = new Set<Child>();

process.on("exit", () => {
  for (const child of running) child.signal("SIGKILL");
});

/** A real process of this repository; it is gone when the tests are, whatever happens. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<number>;
  #output = "";
  #status: number | undefined;

  constructor(name: string, words: readonly string[], environment: Record<string, string> = {}) {
    this.name = name;
    const child = spawn(process.execPath, [...words], {
      cwd: repository,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...environment },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-outputCharsMax);
      });
    }
    this.#process = child;
    this.#ended = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.#status = code ?? (signal === null ? -1 : 128);
        running.delete(this);
        resolve(this.#status);
      });
    });
    running.add(this);
  }

  get output(): string {
    return this.#output;
  }

  /** Undefined while it runs; 128 when a signal ended it. */
  get status(): number | undefined {
    return this.#status;
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.name} did not start`);
    return pid;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#status === undefined) this.#process.kill(signal);
  }

  /** Resolves with the exit status. */
  ended(): Promise<number> {
    return this.#ended;
  }

  /** Ends it at once, stopped by SIGSTOP or not. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#ended;
  }

  /** Asks it to end, and insists when it does not. */
  async stop(withinMs = stopMsMax): Promise<number> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), withinMs);
    const status = await this.#ended;
    clearTimeout(timer);
    return status;
  }
}
