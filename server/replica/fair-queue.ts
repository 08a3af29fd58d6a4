import type { AccountName, TransactionId } from "@kith/protocol/ids";

type Line = { ids: TransactionId[]; first: number };

/**
 * Transactions that wait, a line for each sender. Batches take one from each line in turn, and a sender that was served
 * goes to the end: however many one sends, the next batch has room for the others. It may hold ids that have left;
 * whoever asks says which still wait.
 */
export class FairQueue {
  readonly #lines = new Map<AccountName, Line>();

  push(sender: AccountName, id: TransactionId): void {
    const line = this.#lines.get(sender);
    if (line === undefined) this.#lines.set(sender, { ids: [id], first: 0 });
    else line.ids.push(id);
  }

  /** In the order in which they are served: the first of each line, then the second of each, up to `eachMax`. */
  *inTurn(eachMax: number): Generator<TransactionId> {
    const lines = [...this.#lines.values()];
    for (let turn = 0; turn < eachMax; turn++) {
      let isOver = true;
      for (const { ids, first } of lines) {
        const id = ids[first + turn];
        if (id === undefined) continue;
        isOver = false;
        yield id;
      }
      if (isOver) return;
    }
  }

  /** These senders were served. */
  rotate(senders: Iterable<AccountName>): void {
    for (const sender of senders) {
      const line = this.#lines.get(sender);
      if (line === undefined) continue;
      this.#lines.delete(sender);
      this.#lines.set(sender, line);
    }
  }

  /** Forgets the ids at the front of a sender's line that wait no more. */
  skip(sender: AccountName, waits: (id: TransactionId) => boolean): void {
    const line = this.#lines.get(sender);
    if (line === undefined) return;
    while (line.first < line.ids.length) {
      const id = line.ids[line.first];
      if (id !== undefined && waits(id)) break;
      line.first++;
    }
    if (line.first === line.ids.length) this.#lines.delete(sender);
    else if (line.first > 1024) {
      line.ids = line.ids.slice(line.first);
      line.first = 0;
    }
  }
}
