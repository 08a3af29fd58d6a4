import type { Applied } from "@kith/chain/ports";
import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { TableDeclaration } from "@kith/protocol/table-columns";
import { memoryState } from "@kith/store/memory-state";
import type { RowAddress, RowRange, StateStore, StoredReceipt } from "@kith/store/state-store";

import type { Dice } from "./dice.ts";

type Undo = () => void;

/** The newest blocks of state.db that a power cut may take; older ones are durable. */
const lagBlocksMax = 16;

/**
 * A model of `state.db`: whole blocks, the newest of which a power cut may take, because its commits are not synced.
 * The product's store in memory holds the rows; this remembers how to go back.
 */
export class SimState implements StateStore {
  readonly #dice: Dice;
  readonly #onCommit: (applied: Applied) => void;
  readonly #onReceipt: (id: string, receipt: StoredReceipt) => void;
  #inner: StateStore = memoryState();
  #receipts = new Map<TransactionId, StoredReceipt>();
  /** The ids by the second in which they expire. */
  #expiring = new Map<number, TransactionId[]>();
  #declarations = new Map<AccountName, TableDeclaration>();
  #open: Undo[] = [];
  #undo: { readonly before: Applied; readonly steps: readonly Undo[] }[] = [];

  /** `onCommit` stands at the boundary between the work of a block and its commit. */
  constructor(
    dice: Dice,
    onCommit: (applied: Applied) => void,
    onReceipt: (id: string, receipt: StoredReceipt) => void,
  ) {
    this.#dice = dice;
    this.#onCommit = onCommit;
    this.#onReceipt = onReceipt;
  }

  /** Everything up to here survives a power cut. */
  durableNum(): number {
    const oldest = this.#undo[0]?.before ?? this.#inner.applied();
    return oldest?.num ?? 0;
  }

  /** Everything is on the disk now. */
  flush(): void {
    this.#undo = [];
  }

  receiptOf(id: TransactionId): StoredReceipt | undefined {
    return this.#receipts.get(id);
  }

  /** Leaves a whole number of blocks; after a power cut the newest may be gone. */
  crash(isPowerCut: boolean): void {
    this.abandon();
    const lost = isPowerCut ? this.#dice.below(this.#undo.length + 1) : 0;
    for (let left = lost; left > 0; left -= 1) {
      const undo = this.#undo.pop();
      if (undo === undefined) return;
      this.#inner.begin();
      for (const step of undo.steps.toReversed()) step();
      this.#inner.commit(undo.before);
    }
  }

  begin(): void {
    this.#open = [() => undefined];
    this.#inner.begin();
  }

  commit(applied: Applied): void {
    this.#onCommit(applied);
    const before = this.#inner.applied();
    this.#inner.commit(applied);
    if (before !== undefined) this.#undo.push({ before, steps: this.#open });
    this.#open = [];
    if (this.#undo.length > lagBlocksMax) this.#undo.splice(0, this.#dice.between(1, lagBlocksMax));
  }

  abandon(): void {
    // The chain abandons what a crash in the middle of it has ended already.
    if (this.#open.length === 0) return;
    const steps = this.#open.toReversed();
    this.#open = [];
    for (const step of steps) step();
    this.#inner.abandon();
  }

  /** A snapshot comes: what was there before stays aside, in case the power goes before the snapshot is durable. */
  clear(): void {
    const inner = this.#inner;
    const receipts = this.#receipts;
    inner.abandon();
    this.#inner = memoryState();
    const expiring = this.#expiring;
    const declarations = this.#declarations;
    this.#declarations = new Map();
    this.#receipts = new Map();
    this.#expiring = new Map();
    this.#inner.begin();
    this.#open.push(() => {
      this.#expiring = expiring;
      this.#inner.abandon();
      this.#inner = inner;
      this.#receipts = receipts;
      this.#declarations = declarations;
      inner.begin();
    });
  }

  putRow(address: RowAddress, row: Uint8Array): void {
    this.#noteRow(address);
    this.#inner.putRow(address, row);
  }

  removeRow(address: RowAddress): void {
    this.#noteRow(address);
    this.#inner.removeRow(address);
  }

  putTreeNode(path: Uint8Array, node: Uint8Array): void {
    this.#noteTreeNode(path);
    this.#inner.putTreeNode(path, node);
  }

  removeTreeNode(path: Uint8Array): void {
    this.#noteTreeNode(path);
    this.#inner.removeTreeNode(path);
  }

  putReceipt(id: TransactionId, receipt: StoredReceipt): void {
    this.#open.push(() => this.#dropReceipt(id));
    this.#keepReceipt(id, receipt);
    this.#onReceipt(id, receipt);
    this.#inner.putReceipt(id, receipt);
  }

  pruneReceipts(expiredBeforeSeconds: number): void {
    for (const [seconds, ids] of this.#expiring) {
      if (seconds >= expiredBeforeSeconds) continue;
      this.#expiring.delete(seconds);
      for (const id of ids) this.#forgetReceipt(id, seconds);
    }
    this.#inner.pruneReceipts(expiredBeforeSeconds);
  }

  applied(): Applied | undefined {
    return this.#inner.applied();
  }

  appliedAt(num: Applied["num"]): Applied | undefined {
    return this.#inner.appliedAt(num);
  }

  getRow(address: RowAddress): Uint8Array | undefined {
    return this.#inner.getRow(address);
  }

  rangeRows(range: RowRange): ReturnType<StateStore["rangeRows"]> {
    return this.#inner.rangeRows(range);
  }

  getTreeNode(path: Uint8Array): Uint8Array | undefined {
    return this.#inner.getTreeNode(path);
  }

  getReceipt(id: TransactionId): Uint8Array | undefined {
    return this.#inner.getReceipt(id);
  }

  declareTables(service: AccountName, declaration: TableDeclaration): void {
    const before = this.#declarations.get(service) ?? { revision: "", tables: [] };
    this.#open.push(() => this.#declare(service, before));
    this.#declare(service, declaration);
  }

  declaredRevision(service: AccountName): string | undefined {
    return this.#inner.declaredRevision(service);
  }

  listSpaces(): ReturnType<StateStore["listSpaces"]> {
    return this.#inner.listSpaces();
  }

  #declare(service: AccountName, declaration: TableDeclaration): void {
    this.#declarations.set(service, declaration);
    this.#inner.declareTables(service, declaration);
  }

  #noteRow(address: RowAddress): void {
    const before = this.#inner.getRow(address);
    this.#open.push(() => {
      if (before === undefined) this.#inner.removeRow(address);
      else this.#inner.putRow(address, before);
    });
  }

  #noteTreeNode(path: Uint8Array): void {
    const before = this.#inner.getTreeNode(path);
    this.#open.push(() => {
      if (before === undefined) this.#inner.removeTreeNode(path);
      else this.#inner.putTreeNode(path, before);
    });
  }

  #keepReceipt(id: TransactionId, receipt: StoredReceipt): void {
    const { expirationSeconds } = receipt;
    const ids = this.#expiring.get(expirationSeconds);
    if (ids === undefined) this.#expiring.set(expirationSeconds, [id]);
    else ids.push(id);
    this.#receipts.set(id, receipt);
  }

  #forgetReceipt(id: TransactionId, expiredSeconds: number): void {
    const receipt = this.#receipts.get(id);
    if (receipt?.expirationSeconds !== expiredSeconds) return;
    this.#receipts.delete(id);
    this.#open.push(() => {
      this.#keepReceipt(id, receipt);
      this.#inner.putReceipt(id, receipt);
    });
  }

  /** The store has no way to remove one receipt but to let it expire. */
  #dropReceipt(id: TransactionId): void {
    const receipt = this.#receipts.get(id);
    this.#receipts.delete(id);
    if (receipt === undefined) return;
    this.#inner.putReceipt(id, { ...receipt, expirationSeconds: -1 });
    this.#inner.pruneReceipts(0);
  }
}
