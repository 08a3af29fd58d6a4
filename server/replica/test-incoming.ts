import type { SnapshotManifest } from "@kith/protocol/snapshot-manifest";

import type { IncomingSnapshot, StageFault } from "./ports.ts";

/** Chunks that have arrived, in memory; the disk can be full, or change what was written. */
export class TestIncoming implements IncomingSnapshot {
  readonly manifest: SnapshotManifest;
  readonly stored: (Uint8Array | undefined)[] = [];
  readonly faults: StageFault[];
  isFull = false;
  isLeft = false;
  isDiscarded = false;

  constructor(manifest: SnapshotManifest, faults: StageFault[] = []) {
    this.manifest = manifest;
    this.faults = faults;
  }

  read(at: number): Uint8Array | undefined {
    return this.stored[at];
  }

  write(at: number, bytes: Uint8Array): boolean {
    if (!this.isFull) this.stored[at] = bytes;
    return !this.isFull;
  }

  stage(done: (fault: StageFault | undefined) => void): void {
    done(this.faults.shift());
  }

  adopt(done: () => void): void {
    done();
  }

  leave(): void {
    this.isLeft = true;
  }

  discard(): void {
    this.isDiscarded = true;
  }
}
