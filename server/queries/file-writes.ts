import { writePauseMsMin, writeShareMax } from "./limits.ts";

export type FileWritesPorts = {
  /** The height that the file has. */
  readonly writtenNum: () => number;
  /** Brings what is committed into the file. */
  readonly write: () => Promise<void>;
};

/**
 * Has the node write its state to the file when a query with SQL waits for that, and not because of everyone: writing
 * seldom is what makes it cheap (decision 0023), so it may take a tenth of the time.
 */
export class FileWrites {
  private readonly ports: FileWritesPorts;
  private running: Promise<void> | undefined;
  private notBeforeMs = 0;

  constructor(ports: FileWritesPorts) {
    this.ports = ports;
  }

  /** Resolves when the file has this height. */
  async reach(num: number): Promise<void> {
    while (this.ports.writtenNum() < num) {
      this.running ??= this.write().finally(() => {
        this.running = undefined;
      });
      await this.running;
    }
  }

  private async write(): Promise<void> {
    const pauseMs = this.notBeforeMs - performance.now();
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const startMs = performance.now();
    await this.ports.write();
    const endMs = performance.now();
    const restMs = (endMs - startMs) * (1 / writeShareMax - 1);
    this.notBeforeMs = endMs + Math.max(writePauseMsMin, restMs);
  }
}
