import { closeSync, fdatasyncSync, openSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import { Worker } from "node:worker_threads";

import { inlineSyncMsMax, inlineSyncShare } from "./limits.ts";

/** Brings what was written to a file to the disk. One call at a time. */
export type FileSync = {
  /** `done` gets the error when it failed; it may be called before `sync` returns. */
  sync(done: (error?: Error) => void): void;
  close(): void;
};

/**
 * Waits for the disk on this thread while that costs less than its share of time, because then it is fastest, and on a
 * worker otherwise (decision 0020).
 */
export function openFileSync(path: string): FileSync {
  return new AdaptiveSync(path);
}

class AdaptiveSync implements FileSync {
  private readonly descriptor: number;
  private readonly worker: SyncWorker;
  private budgetMs = inlineSyncMsMax;
  private expectedMs = 0;
  private refilledAtMs = performance.now();

  constructor(path: string) {
    this.descriptor = openSync(path, "r+");
    this.worker = new SyncWorker(path);
  }

  sync(done: (error?: Error) => void): void {
    const startMs = performance.now();
    const refillMs = (startMs - this.refilledAtMs) * inlineSyncShare;
    this.budgetMs = Math.min(inlineSyncMsMax, this.budgetMs + refillMs);
    this.refilledAtMs = startMs;
    if (this.expectedMs > this.budgetMs && this.worker.isReady) {
      this.worker.sync((error) => {
        this.learn(performance.now() - startMs);
        done(error);
      });
      return;
    }
    let failure: Error | undefined;
    try {
      fdatasyncSync(this.descriptor);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    const tookMs = performance.now() - startMs;
    this.budgetMs -= tookMs;
    this.learn(tookMs);
    done(failure);
  }

  close(): void {
    this.worker.close();
    closeSync(this.descriptor);
  }

  private learn(tookMs: number): void {
    this.expectedMs += (tookMs - this.expectedMs) / 8;
  }
}

/** Slots of the memory that is shared with `sync-worker.ts`. */
export const requestSlot = 0;
export const finishedSlot = 1;
export const errorSlot = 2;
export const readySlot = 3;
export const closeRequest = -1;

export type SyncWorkerData = { readonly path: string; readonly slots: Int32Array };

class SyncWorker {
  private readonly slots = new Int32Array(new SharedArrayBuffer(16));
  private readonly worker: Worker;
  private requests = 0;

  constructor(path: string) {
    const workerData: SyncWorkerData = { path, slots: this.slots };
    this.worker = new Worker(new URL("./sync-worker.ts", import.meta.url), { workerData });
    this.worker.unref();
  }

  get isReady(): boolean {
    return Atomics.load(this.slots, readySlot) === 1;
  }

  sync(done: (error?: Error) => void): void {
    const finished = Atomics.waitAsync(this.slots, finishedSlot, this.requests);
    this.requests += 1;
    this.worker.ref();
    this.post(this.requests);
    const finish = (): void => {
      this.worker.unref();
      const number = Atomics.load(this.slots, errorSlot);
      done(number === 0 ? undefined : systemError(number));
    };
    if (finished.async) void finished.value.then(finish);
    else finish();
  }

  close(): void {
    this.post(closeRequest);
  }

  private post(request: number): void {
    Atomics.store(this.slots, requestSlot, request);
    Atomics.notify(this.slots, requestSlot);
  }
}

function systemError(number: number): Error {
  const code = getSystemErrorName(number);
  return Object.assign(new Error(`fdatasync failed: ${code}`), { code });
}
