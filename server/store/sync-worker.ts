import { fdatasyncSync, openSync } from "node:fs";
import { workerData } from "node:worker_threads";

import { closeRequest, errorSlot, finishedSlot, readySlot, requestSlot } from "./file-sync.ts";
import type { SyncWorkerData } from "./file-sync.ts";

/** Waits for requests in shared memory: the kernel wakes this thread without a trip through any event loop. */
function serve({ path, slots }: SyncWorkerData): void {
  const descriptor = openOrUndefined(path);
  if (descriptor === undefined) return;
  Atomics.store(slots, readySlot, 1);
  let served = 0;
  for (;;) {
    Atomics.wait(slots, requestSlot, served);
    served = Atomics.load(slots, requestSlot);
    if (served === closeRequest) return;
    Atomics.store(
      slots,
      errorSlot,
      errorNumberOf(() => fdatasyncSync(descriptor)),
    );
    Atomics.store(slots, finishedSlot, served);
    Atomics.notify(slots, finishedSlot);
  }
}

/** Undefined when the log was closed, and the file is gone, before this thread had started. */
function openOrUndefined(path: string): number | undefined {
  try {
    return openSync(path, "r+");
  } catch {
    return undefined;
  }
}

/** 0 when nothing was thrown; the system's (negative) number, or -5 (EIO) for an error that has none. */
function errorNumberOf(run: () => void): number {
  try {
    run();
    return 0;
  } catch (error) {
    const known = error instanceof Error && "errno" in error ? Number(error.errno) : NaN;
    return Number.isInteger(known) && known !== 0 ? -Math.abs(known) : -5;
  }
}

serve(workerData);
