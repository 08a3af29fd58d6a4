import { cachedAnswerBytesMax } from "./limits.ts";
import type { RecordedAnswer } from "./query-outcome.ts";

type Slot = { readonly answered: RecordedAnswer; readonly costBytes: number };

/** What a slot, a read and a header cost beside their bytes. */
const slotBytes = 256;
const readBytes = 64;
const headerBytes = 64;

/** Answers by question, bounded in bytes; the one that was not asked for longest goes first. */
export class AnswerCache {
  private readonly slots = new Map<string, Slot>();
  private readonly bytesMax: number;
  private bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  get(question: string): RecordedAnswer | undefined {
    const slot = this.slots.get(question);
    if (slot === undefined) return undefined;
    this.slots.delete(question);
    this.slots.set(question, slot);
    return slot.answered;
  }

  put(question: string, answered: RecordedAnswer): void {
    this.delete(question);
    const costBytes = costOf(question, answered);
    if (costBytes > Math.min(cachedAnswerBytesMax, this.bytesMax)) return;
    for (const [oldest] of this.slots) {
      if (this.bytes + costBytes <= this.bytesMax) break;
      this.delete(oldest);
    }
    this.slots.set(question, { answered, costBytes });
    this.bytes += costBytes;
  }

  delete(question: string): void {
    const slot = this.slots.get(question);
    if (slot === undefined) return;
    this.slots.delete(question);
    this.bytes -= slot.costBytes;
  }
}

function costOf(question: string, { reply, reads }: RecordedAnswer): number {
  let bytes = slotBytes + question.length * 2;
  for (const { key, from, to } of reads) {
    bytes += readBytes + (key?.length ?? 0) + (from?.length ?? 0) + (to?.length ?? 0);
  }
  for (const { name, value } of reply?.headers ?? [])
    bytes += headerBytes + name.length + value.length;
  return bytes + (reply?.body.length ?? 0);
}
