import type { Member } from "./member.ts";

/** One entry of a script's log: a text, or the configuration that it appends. */
export type Entry =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "configuration"; readonly nodes: readonly string[] };

type Batch = { readonly term: number; readonly entries: Entry[] };

/**
 * Scripts count entries, Kith counts blocks: a block is one closed batch of entries. This table knows the index of the
 * last entry of each block, and the entries that no block holds yet.
 */
export class Ledger {
  readonly #indexOfBlock: Map<string, number> = new Map();
  readonly #open: Map<string, Batch> = new Map();

  /** What the leader has been given and not proposed; it is gone with its leadership. */
  batch(leader: Member): Batch {
    const batch = this.#open.get(leader.name);
    if (batch?.term === leader.state.term && leader.state.role === "leader") return batch;
    const fresh: Batch = { term: leader.state.term, entries: [] };
    this.#open.set(leader.name, fresh);
    return fresh;
  }

  /** The batch is in the block that the leader just made; the closing signature is an entry of its own. */
  close(leader: Member, entries: number): void {
    const { head } = leader.state.log;
    const index = this.indexAt(leader, head.num - 1) + entries + 1;
    this.#indexOfBlock.set(head.id, index);
    this.#open.delete(leader.name);
  }

  /** The newest block holds no entry. */
  closeEmpty(leader: Member): void {
    const { num, id } = leader.state.log.head;
    this.#indexOfBlock.set(id, this.indexAt(leader, num - 1));
  }

  /** Entries of CCF's retirement protocol follow the newest final block; Kith has none to order. */
  skip(member: Member, entries: number): void {
    const id = member.idAt(member.state.commitNum);
    if (id === undefined) throw new Error(`node ${member.name} has nothing final`);
    this.#indexOfBlock.set(id, this.indexAt(member, member.state.commitNum) + entries);
  }

  indexAt(member: Member, num: number): number {
    return this.#indexOfBlock.get(member.idAt(num) ?? "") ?? 0;
  }

  commitIndex(member: Member): number {
    return this.indexAt(member, member.state.commitNum);
  }

  lastIndex(member: Member): number {
    const open = member.state.role === "leader" ? this.batch(member).entries.length : 0;
    return this.indexAt(member, member.state.log.head.num) + open;
  }
}
