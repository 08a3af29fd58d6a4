import { latin1Of } from "@kith/protocol/hashes";
import {
  blockNumOf,
  type AccountName,
  type BlockNum,
  type TransactionId,
} from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import type { TableDeclaration } from "@kith/protocol/table-columns";

import { AppliedHistory } from "./applied-history.ts";
import { heldTimesMax, pendingBytesMax, pendingMsMax } from "./limits.ts";
import { mergedRows } from "./merged-rows.ts";
import type { RowChange } from "./pending-table.ts";
import { PendingWrites } from "./pending-writes.ts";
import { compareSpaces } from "./space-tables.ts";
import { openSqlState, type OpenStateError, type SqlState } from "./sql-state.ts";
import { settleStaged, takePlace } from "./staging/staged-file.ts";
import type {
  Applied,
  KeyedRow,
  RowAddress,
  RowRange,
  Space,
  StateStore,
  StoredReceipt,
} from "./state-store.ts";
import { StateWriter, type WrittenAhead } from "./state-writer.ts";
import { StoreBroken, storeBrokenOf } from "./store-broken.ts";
import { setEntry, UndoLog } from "./undo-log.ts";

export type { OpenStateError } from "./sql-state.ts";

export type OpenedState = StateStore & {
  /** The height that a power cut cannot take back any more; blocks up to it may leave the log. */
  durableNum(): BlockNum;
  /** The height that the file has: what a reader on another connection sees. */
  writtenNum(): BlockNum;
  /** Brings everything that is committed now into the file, without waiting for the disk. */
  write(): Promise<void>;
  /** Brings everything that is committed now to the disk. */
  flush(): Promise<void>;
  /**
   * Puts the state that was staged in this folder (`stagedFolder`) in the place of this one. Nobody else may have state.db
   * open. `onAdopted` is called before anybody can read from the new one. Throws when the new file cannot be opened.
   */
  adopt(onAdopted: () => void): Promise<void>;
  /** Until `release`, what is committed stays in memory: resolves when nothing is on its way into the file. */
  hold(): Promise<void>;
  /** While held: what is committed now goes into the file, and nothing behind it. Resolves when it is there. */
  writeHeld(): Promise<void>;
  release(): void;
  close(): Promise<void>;
};

export type OpenStateOptions = {
  readonly folder: string;
  /** What blocks changed is brought into the file when it takes this much memory; `pendingBytesMax` when left out. */
  readonly pendingBytesMax?: number;
  /** What has to be on the disk before the blocks that it belongs to are in state.db: their events. */
  readonly ahead?: WrittenAhead;
  /** Told once when the disk fails behind the scenes; the node stops. */
  readonly onBroken: (broken: StoreBroken) => void;
};

/** Opens (or makes) `state.db`: what final blocks produce. Writes that fail throw `StoreBroken`. */
export function openState(options: OpenStateOptions): Result<OpenedState, OpenStateError> {
  settleStaged(options.folder);
  const file = openFile(options);
  return file.ok ? ok(new State(file.value, options)) : file;
}

function openFile({ folder, onBroken }: OpenStateOptions): Result<SqlState, OpenStateError> {
  return openSqlState(folder, (error) => onBroken(storeBrokenOf("state.db", error)));
}

/**
 * The state after the last block: the file, what is on its way into the file, and what blocks changed since. All of it
 * can be made again from the log, so a crash may take what is not in the file; what is there is always whole blocks.
 */
class State implements OpenedState {
  private file: SqlState;
  private writer: StateWriter;
  private readonly options: OpenStateOptions;
  private readonly undo = new UndoLog();
  private history = new AppliedHistory();
  private pending = new PendingWrites();
  private durable: BlockNum = blockNumOf(0);
  private openedNum: BlockNum = blockNumOf(0);
  private stopTimer = (): void => undefined;
  private timed = false;
  /** The open transaction replaces everything and goes into the file without a detour. */
  private replacing = false;
  private held = false;

  constructor(file: SqlState, options: OpenStateOptions) {
    this.options = options;
    this.file = file;
    this.writer = this.writerOf(file);
    this.readHistory();
  }

  getRow({ service, space, key }: RowAddress): Uint8Array | undefined {
    const keyText = latin1Of(key);
    for (const layer of this.layers()) {
      const change = layer.tables.get(service, space)?.get(keyText);
      if (change !== undefined) return change.row;
    }
    return this.file.getRow(service, space, key);
  }

  rangeRows(range: RowRange): readonly KeyedRow[] {
    const { service, space, limit } = range;
    this.writeDeclared();
    const above = this.layers().flatMap((layer) => layer.tables.get(service, space) ?? []);
    if (above.every(({ changes }) => changes.size === 0)) return this.file.rangeRows(range);
    if (limit === 0) return [];
    const layers = above.map((table): Iterator<RowChange> => table.range(range));
    return mergedRows([...layers, this.file.rowsInTurn(range)], range);
  }

  putRow(address: RowAddress, row: Uint8Array): void {
    this.undo.assertOpen();
    if (this.replacing) this.file.putRow(address.service, address.space, address.key, row);
    else this.undo.push(this.pending.setRow(address, row));
  }

  removeRow(address: RowAddress): void {
    this.undo.assertOpen();
    if (this.replacing) this.file.removeRow(address.service, address.space, address.key);
    else this.undo.push(this.pending.setRow(address, undefined));
  }

  begin(): void {
    this.writeDeclared();
    this.undo.begin();
  }

  commit(applied: Applied): void {
    this.undo.commit();
    if (this.replacing) {
      this.replacing = false;
      this.file.commit([applied]);
      this.pending = new PendingWrites();
      this.history.remember(applied);
      return;
    }
    // What is only declared anew is of the same height, which the file may have long since.
    const isKnown = applied.num === this.history.last?.num && this.pending.declarations.size > 0;
    if (!isKnown) this.pending.applied.push(applied);
    this.history.remember(applied);
    if (this.pending.sizeBytes >= this.sizeBytesMax && !this.isHeld) this.writeOut();
    else this.writeOutSoon();
  }

  abandon(): void {
    this.undo.abandon();
    if (!this.replacing) return;
    this.replacing = false;
    this.file.abandon();
  }

  applied(): Applied | undefined {
    return this.history.last;
  }

  appliedAt(num: BlockNum): Applied | undefined {
    return this.history.at(num);
  }

  getTreeNode(path: Uint8Array): Uint8Array | undefined {
    const pathText = latin1Of(path);
    for (const layer of this.layers()) {
      const change = layer.nodes.get(pathText);
      if (change !== undefined) return change.node;
    }
    return this.file.getTreeNode(path);
  }

  putTreeNode(path: Uint8Array, node: Uint8Array): void {
    this.undo.assertOpen();
    if (this.replacing) this.file.putTreeNode(path, node);
    else this.undo.push(this.pending.setNode(path, node));
  }

  removeTreeNode(path: Uint8Array): void {
    this.undo.assertOpen();
    if (this.replacing) this.file.removeTreeNode(path);
    else this.undo.push(this.pending.setNode(path, undefined));
  }

  getReceipt(id: TransactionId): Uint8Array | undefined {
    let prunedBefore = 0;
    for (const layer of this.layers()) {
      const receipt = layer.receipts.get(id);
      if (receipt !== undefined) {
        return receipt.expirationSeconds < prunedBefore ? undefined : receipt.bytes;
      }
      prunedBefore = Math.max(prunedBefore, layer.prunedBeforeSeconds);
    }
    return this.file.getReceipt(id, prunedBefore);
  }

  putReceipt(id: TransactionId, receipt: StoredReceipt): void {
    this.undo.assertOpen();
    if (this.replacing) this.file.putReceipt(id, receipt);
    else this.undo.push(this.pending.setReceipt(id, receipt));
  }

  pruneReceipts(expiredBeforeSeconds: number): void {
    this.undo.assertOpen();
    if (this.replacing) this.file.pruneReceipts(expiredBeforeSeconds);
    else this.undo.push(this.pending.pruneReceipts(expiredBeforeSeconds));
  }

  listSpaces(): readonly Space[] {
    const pending = this.layers().flatMap(({ tables }) => [...tables.values()]);
    const named = new Map(
      [...this.file.listSpaces(), ...pending.map((table) => table.space)].map((space) => [
        `${space.service}/${space.space}`,
        space,
      ]),
    );
    return [...named.values()]
      .filter((space) => this.rangeRows({ ...space, reverse: false, limit: 1 }).length > 0)
      .toSorted(compareSpaces);
  }

  clear(): void {
    this.undo.assertOpen();
    if (!this.replacing) {
      this.writer.finish();
      this.file.begin();
      this.replacing = true;
    }
    this.file.clear();
    this.undo.push(this.history.clear());
  }

  declareTables(service: AccountName, declaration: TableDeclaration): void {
    this.undo.assertOpen();
    if (this.replacing) {
      this.file.declare(service, declaration);
      this.file.settle();
    } else this.undo.push(setEntry(this.pending.declarations, service, declaration));
  }

  declaredRevision(service: AccountName): string | undefined {
    for (const { declarations } of this.layers()) {
      const declared = declarations.get(service);
      if (declared !== undefined) return declared.revision;
    }
    return this.file.declaredRevision(service);
  }

  durableNum(): BlockNum {
    return this.durable;
  }

  writtenNum(): BlockNum {
    return this.file.appliedNum === 0 ? this.openedNum : this.file.appliedNum;
  }

  async write(): Promise<void> {
    await this.writer.idle();
    this.writeOut();
    await this.writer.idle();
  }

  async flush(): Promise<void> {
    await this.write();
    const num = this.file.appliedNum;
    if (await this.file.checkpoint()) this.durable = num;
  }

  async adopt(onAdopted: () => void): Promise<void> {
    if (this.undo.isOpen) throw new Error("a state is replaced in the middle of a block");
    this.held = true;
    await this.file.settleBackground();
    // From here to the end nobody else has a turn.
    this.writer.drop();
    this.file.close();
    takePlace(this.options.folder);
    const file = openFile(this.options);
    if (!file.ok) throw new StoreBroken("state.db", file.error.code, "it cannot be opened");
    this.file = file.value;
    this.writer = this.writerOf(file.value);
    this.pending = new PendingWrites();
    this.history = new AppliedHistory();
    this.readHistory();
    this.durable = this.openedNum;
    this.held = false;
    onAdopted();
  }

  async hold(): Promise<void> {
    this.held = true;
    await this.writer.idle();
  }

  async writeHeld(): Promise<void> {
    this.startWriting();
    await this.writer.idle();
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    if (this.pending.applied.length > 0) this.writeOutSoon();
  }

  async close(): Promise<void> {
    this.stopTimer();
    this.held = false;
    if (!this.writer.isBroken) {
      this.writeOut();
      this.writer.finish();
    }
    await this.file.settleBackground();
    this.file.close();
  }

  private writerOf(file: SqlState): StateWriter {
    return new StateWriter({
      file,
      ahead: this.options.ahead,
      isLate: () => this.pending.sizeBytes > this.sizeBytesMax / 4,
      onBroken: (error) => this.broken(error),
    });
  }

  private readHistory(): void {
    for (const applied of this.file.listApplied()) this.history.remember(applied);
    this.openedNum = this.history.last?.num ?? blockNumOf(0);
  }

  /** Newest first; nothing of it counts while everything is being replaced. */
  private layers(): readonly PendingWrites[] {
    if (this.replacing) return [];
    const { unwritten } = this.writer;
    return unwritten === undefined ? [this.pending] : [this.pending, unwritten];
  }

  private writeOutSoon(): void {
    if (this.timed) return;
    this.timed = true;
    const timer = setTimeout(() => {
      this.timed = false;
      try {
        const isBusy = this.undo.isOpen || this.writer.writing !== undefined;
        if (isBusy || this.isHeld) this.writeOutSoon();
        else this.writeOut();
      } catch (error) {
        this.broken(error);
      }
    }, pendingMsMax);
    this.stopTimer = () => clearTimeout(timer);
  }

  /** Whoever asked to hold back does not fill the memory. */
  private get isHeld(): boolean {
    return this.held && this.pending.sizeBytes < heldTimesMax * this.sizeBytesMax;
  }

  /** Everything that is committed goes on its way; waits for what went before. */
  private writeOut(): void {
    this.writer.finish();
    this.startWriting();
  }

  private startWriting(): void {
    const { pending } = this;
    if (this.undo.isOpen || (pending.applied.length === 0 && pending.declarations.size === 0))
      return;
    this.pending = new PendingWrites();
    this.writer.start(pending);
  }

  /**
   * What is in memory is not in the indexes that a declaration makes, so it goes into the file before anybody looks: into
   * its open transaction, which may have to wait for the events of the block.
   */
  private writeDeclared(): void {
    if ((this.writer.unwritten?.declarations.size ?? 0) > 0) this.writer.write();
    if (this.undo.isOpen || this.pending.declarations.size === 0) return;
    this.writeOut();
    this.writer.write();
  }

  private get sizeBytesMax(): number {
    return this.options.pendingBytesMax ?? pendingBytesMax;
  }

  private broken(error: unknown): void {
    this.options.onBroken(storeBrokenOf("state.db", error));
  }
}
