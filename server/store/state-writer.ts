import type { BlockNum } from "@kith/protocol/ids";

import { statePauseMs, stateSliceMs } from "./limits.ts";
import type { PendingWrites } from "./pending-writes.ts";
import type { SqlState } from "./sql-state.ts";
import { storeBrokenOf } from "./store-broken.ts";

/** Something else that blocks produce: it has to be on the disk first, because a block is not executed twice. */
export type WrittenAhead = {
  /** Whether everything up to this block is on the disk; if not, it is brought there meanwhile. */
  isDurable(num: BlockNum): boolean;
  /** Brings it there before it returns. */
  makeDurable(num: BlockNum): void;
};

type StateWriterPorts = {
  readonly file: SqlState;
  readonly ahead: WrittenAhead | undefined;
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
  private steps: Iterator<Step> | undefined;
  /** Everything is in the file's open transaction, which waits for what is written ahead. */
  private isWritten = false;
  /** The file's transaction is open. */
  private isBegun = false;
  private waiting: PromiseWithResolvers<void>[] = [];
  private fault: Error | undefined;

  constructor(ports: StateWriterPorts) {
    this.ports = ports;
  }

  /** What is being written, until it is committed. */
  get writing(): PendingWrites | undefined {
    return this.current;
  }

  /** To be looked at before the file; undefined when all of it is in the open transaction, where reading finds it. */
  get unwritten(): PendingWrites | undefined {
    return this.isWritten ? undefined : this.current;
  }

  get isBroken(): boolean {
    return this.fault !== undefined;
  }

  /** Nothing else may be on its way. */
  start(pending: PendingWrites): void {
    if (this.current !== undefined) throw new Error("two generations are written at once");
    this.current = pending;
    this.isWritten = false;
    this.steps = writeAll(this.ports, pending);
    setImmediate(() => this.slice());
  }

  /** Writes at once what is left; throws what the disk throws. */
  finish(): void {
    if (this.fault !== undefined) throw this.fault;
    const num = this.current?.applied.at(-1)?.num;
    if (num !== undefined) this.ports.ahead?.makeDurable(num);
    while (this.step() !== "done");
  }

  /** Writes at once what is left, without waiting for what has to be on the disk before it counts. */
  write(): void {
    if (this.fault !== undefined) throw this.fault;
    while (this.step() === "written");
  }

  /** Leaves what is being written: the file is about to be replaced. */
  drop(): void {
    if (this.isBegun) this.ports.file.abandon();
    this.settle();
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
      for (let step = this.step(); step !== "done"; step = this.step()) {
        if (step === "written" && performance.now() < endMs) continue;
        if (step === "written" && this.hurries) setImmediate(() => this.slice());
        else setTimeout(() => this.slice(), statePauseMs);
        return;
      }
    } catch (error) {
      this.ports.onBroken(error);
    }
  }

  private get hurries(): boolean {
    return this.ports.isLate() || this.waiting.length > 0;
  }

  private step(): Step | "done" {
    if (this.steps === undefined) return "done";
    try {
      this.isBegun = true;
      const step = this.steps.next();
      this.isWritten = step.value === "waiting";
      if (step.done !== true) return step.value;
    } catch (error) {
      this.fault = storeBrokenOf("state.db", error);
      for (const { reject } of this.waiting) reject(this.fault);
      throw this.fault;
    }
    this.settle();
    return "done";
  }

  private settle(): void {
    this.steps = undefined;
    this.current = undefined;
    this.isWritten = false;
    this.isBegun = false;
    const waiting = this.waiting;
    this.waiting = [];
    for (const { resolve } of waiting) resolve();
  }
}

/** Something was written, or there is nothing to do until something else is on the disk. */
type Step = "written" | "waiting";

function* writeAll(
  { file, ahead }: Pick<StateWriterPorts, "file" | "ahead">,
  pending: PendingWrites,
): Generator<Step> {
  file.begin();
  for (const [service, declaration] of pending.declarations) file.declare(service, declaration);
  if (pending.prunedBeforeSeconds > 0) file.pruneReceipts(pending.prunedBeforeSeconds);
  for (const table of pending.tables.values()) {
    const { service, space } = table.space;
    for (const { key, row } of table.changes.values()) {
      if (row === undefined) file.removeRow(service, space, key);
      else file.putRow(service, space, key, row);
      yield "written";
    }
  }
  file.settle();
  for (const { path, node } of pending.nodes.values()) {
    if (node === undefined) file.removeTreeNode(path);
    else file.putTreeNode(path, node);
    yield "written";
  }
  for (const [id, receipt] of pending.receipts) {
    file.putReceipt(id, receipt);
    yield "written";
  }
  while (!isWrittenAhead(ahead, pending)) yield "waiting";
  file.commit(pending.applied);
}

function isWrittenAhead(
  ahead: WrittenAhead | undefined,
  { applied }: Pick<PendingWrites, "applied">,
): boolean {
  const last = applied.at(-1);
  return last === undefined || ahead === undefined || ahead.isDurable(last.num);
}
