import type { RowAddress } from "@kith/chain/ports";
import { latin1Of } from "@kith/protocol/hashes";

import type { AnswerRead } from "./change-source.ts";

/** Keys as texts, one character a byte, so that their order is that of the bytes; `to` is exclusive. */
type Interval<Reader> = {
  readonly reader: Reader;
  readonly from: string;
  readonly to: string | undefined;
};

/** Who has read what: found by a row that changed. */
export class Readers<Reader> {
  /** Of a row, or of a whole service. */
  private readonly exact = new Map<string, Set<Reader>>();
  /** Of rows of a space. */
  private readonly intervals = new Map<string, Interval<Reader>[]>();

  add(reader: Reader, reads: readonly AnswerRead[]): void {
    for (const read of reads) {
      const { service, space, key, from, to } = read;
      if (space === undefined || key !== undefined) {
        const name = exactName(read);
        this.exact.set(name, (this.exact.get(name) ?? new Set()).add(reader));
        continue;
      }
      const intervals = this.intervals.get(`${service}/${space}`) ?? [];
      this.intervals.set(`${service}/${space}`, intervals);
      const end = to === undefined ? undefined : latin1Of(to);
      intervals.push({ reader, from: from === undefined ? "" : latin1Of(from), to: end });
    }
  }

  /** With the same reads as it was added. */
  remove(reader: Reader, reads: readonly AnswerRead[]): void {
    for (const read of reads) {
      const name = exactName(read);
      const readers = this.exact.get(name);
      readers?.delete(reader);
      if (readers?.size === 0) this.exact.delete(name);
      const spaceName = `${read.service}/${read.space}`;
      const left = this.intervals.get(spaceName)?.filter((each) => each.reader !== reader);
      if (left === undefined) continue;
      if (left.length === 0) this.intervals.delete(spaceName);
      else this.intervals.set(spaceName, left);
    }
  }

  /** A reader may come more than once. */
  *of({ service, space, key }: RowAddress): Generator<Reader> {
    yield* this.exact.get(service) ?? [];
    const at = latin1Of(key);
    yield* this.exact.get(`${service}/${space}/${at}`) ?? [];
    for (const { reader, from, to } of this.intervals.get(`${service}/${space}`) ?? []) {
      if (at >= from && (to === undefined || at < to)) yield reader;
    }
  }

  clear(): void {
    this.exact.clear();
    this.intervals.clear();
  }
}

function exactName({ service, space, key }: AnswerRead): string {
  return space === undefined || key === undefined
    ? service
    : `${service}/${space}/${latin1Of(key)}`;
}
