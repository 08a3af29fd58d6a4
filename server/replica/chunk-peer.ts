import { chunkMsMax, peerRestMsMax, peerRestMsMin, snapshotChunksInFlight } from "./limits.ts";

/** What one peer was asked for, and whether it is worth asking. */
export class ChunkPeer {
  /** Since when, by chunk. */
  private readonly asked = new Map<number, number>();
  private restsUntilMs = Number.NEGATIVE_INFINITY;
  private restMs = peerRestMsMin;
  private isLiar = false;

  hasRoom(nowMs: number): boolean {
    return !this.isLiar && nowMs >= this.restsUntilMs && this.asked.size < snapshotChunksInFlight;
  }

  ask(chunk: number, nowMs: number): void {
    this.asked.set(chunk, nowMs);
  }

  /** False when it was not asked for this, or not any more. */
  answered(chunk: number): boolean {
    return this.asked.delete(chunk);
  }

  /** It keeps its word again. */
  served(): void {
    this.restMs = peerRestMsMin;
  }

  /** Others are asked for what it was asked for. */
  rest(nowMs: number): readonly number[] {
    this.restsUntilMs = nowMs + this.restMs;
    this.restMs = Math.min(peerRestMsMax, 2 * this.restMs);
    return this.takeAll();
  }

  /** What it sends is not what was signed: it is not asked again. */
  drop(): readonly number[] {
    this.isLiar = true;
    return this.takeAll();
  }

  isLate(nowMs: number): boolean {
    for (const sinceMs of this.asked.values()) if (nowMs - sinceMs > chunkMsMax) return true;
    return false;
  }

  private takeAll(): readonly number[] {
    const chunks = [...this.asked.keys()];
    this.asked.clear();
    return chunks;
  }
}
