import { statePauseMs, stateSliceMs } from "./limits.ts";
import type { PendingWrites } from "./pending-writes.ts";
import type { SqlState } from "./sql-state.ts";
import { storeBrokenOf } from "./store-broken.ts";

type StateWriterPorts = {
  readonly file: SqlState;
  /** Whether so much waits for this generation to be written that it cannot take its time. */
  readonly isLate: () => boolean;
  /** Called with what a write threw when nobody waits for that write. */
  readonly onBroken: (error: unknown) => void;
};

/**
 * Brings one generation of pending writes into the file, all of it in one SQL transaction, a few milliseconds at a
 * stretch, so that blocks and messages go on in between.
 */
export class StateWriter {
  private readonly ports: StateWriterPorts;
  private current: PendingWrites | undefined;
  private steps: Iterator<void> | undefined;
  private waiting: PromiseWithResolvers<void>[] = [];
  private fault: Error | undefined;

  constructor(ports: StateWriterPorts) {
    this.ports = ports;
  }

  /** What is being written: still to be looked at before the file. */
  get writing(): PendingWrites | undefined {
    return this.current;
  }

  get isBroken(): boolean {
    return this.fault !== undefined;
  }

  /** Nothing else may be on its way. */
  start(pending: PendingWrites): void {
    if (this.current !== undefined) throw new Error("two generations are written at once");
    this.current = pending;
    this.steps = writeAll(this.ports.file, pending);
    setImmediate(() => this.slice());
  }

  /** Writes at once what is left; throws what the disk throws. */
  finish(): void {
    if (this.fault !== undefined) throw this.fault;
    while (this.step());
  }

  /** Resolves when what is being written now is in the file, which does not take its time then. */
  idle(): Promise<void> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    if (this.current === undefined) return Promise.resolve();
    const written = Promise.withResolvers<void>();
    this.waiting.push(written);
    return written.promise;
  }

  private slice(): void {
    if (this.current === undefined || this.fault !== undefined) return;
    try {
      const endMs = performance.now() + stateSliceMs;
      while (this.step()) {
        if (performance.now() < endMs) continue;
        if (this.ports.isLate() || this.waiting.length > 0) setImmediate(() => this.slice());
        else setTimeout(() => this.slice(), statePauseMs);
        return;
      }
    } catch (error) {
      this.ports.onBroken(error);
    }
  }

  /** False when all is written. */
  private step(): boolean {
    if (this.steps === undefined) return false;
    try {
      if (this.steps.next().done !== true) return true;
    } catch (error) {
      this.fault = storeBrokenOf("state.db", error);
      for (const { reject } of this.waiting) reject(this.fault);
      throw this.fault;
    }
    this.steps = undefined;
    this.current = undefined;
    const waiting = this.waiting;
    this.waiting = [];
    for (const { resolve } of waiting) resolve();
    return false;
  }
}

function* writeAll(file: SqlState, pending: PendingWrites): Generator<void> {
  file.begin();
  if (pending.prunedBeforeSeconds > 0) file.pruneReceipts(pending.prunedBeforeSeconds);
  for (const table of pending.tables.values()) {
    const { service, space } = table.space;
    for (const { key, row } of table.changes.values()) {
      if (row === undefined) file.removeRow(service, space, key);
      else file.putRow(service, space, key, row);
      yield;
    }
  }
  for (const { path, node } of pending.nodes.values()) {
    if (node === undefined) file.removeTreeNode(path);
    else file.putTreeNode(path, node);
    yield;
  }
  for (const [id, receipt] of pending.receipts) {
    file.putReceipt(id, receipt);
    yield;
  }
  file.commit(pending.applied);
}
