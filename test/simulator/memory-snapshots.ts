import type { Chain } from "@kith/chain/chain";
import type { SealedBlock } from "@kith/protocol/block";
import { ChunkList, type ListedChunk } from "@kith/protocol/chunk-list";
import { encodeChunkHead, decodeSnapshotChunk } from "@kith/protocol/snapshot-chunk";
import { encodeManifest, type SnapshotManifest } from "@kith/protocol/snapshot-manifest";
import type {
  ClockPort,
  CompleteSnapshot,
  IncomingSnapshot,
  SnapshotRows,
  SnapshotsPort,
  StageFault,
} from "@kith/replica/ports";

type MemorySnapshotsOptions = {
  readonly chain: () => Pick<Chain, "exportSnapshot" | "installSnapshot">;
  readonly genesis: SealedBlock;
  readonly clock: () => ClockPort;
  /** How long everything takes that a disk is needed for. */
  readonly diskMs: number;
  /** Brings the state to the disk. */
  readonly flush: () => void;
};

/** Snapshots in memory, where tests and the simulator have no disk: it survives restarts of what it is given to. */
export class MemorySnapshots implements SnapshotsPort {
  readonly #options: MemorySnapshotsOptions;
  #complete: CompleteSnapshot | undefined;
  #incoming: MemoryIncoming | undefined;

  constructor(options: MemorySnapshotsOptions) {
    this.#options = options;
  }

  sizeBytes(): number {
    return this.#complete?.manifest.chunks.sizeBytes ?? Number.POSITIVE_INFINITY;
  }

  complete(): CompleteSnapshot | undefined {
    return this.#complete;
  }

  dropComplete(): void {
    this.#complete = undefined;
  }

  hold(done: () => void): void {
    this.#later(done);
  }

  release(): void {}

  makeRows(done: (rows: SnapshotRows | undefined) => void): void {
    const exported = this.#options.chain().exportSnapshot();
    this.#later(() => {
      if (exported === undefined) return done(undefined);
      const { applied, chunks } = exported;
      done({
        applied,
        finish: ({ block, proof }, finished) => {
          const { stateRoot, eventRoot } = applied;
          const chain = this.#options.genesis.id;
          const list = chunkListOf(chunks);
          const manifest = { chain, block, stateRoot, eventRoot, chunks: list, proof };
          this.#complete = {
            manifest,
            packed: encodeManifest(manifest),
            chunk: (at) => chunks[at] ?? new Uint8Array(),
          };
          finished(this.#complete);
        },
        abandon: () => undefined,
      });
    });
  }

  incoming(): IncomingSnapshot | undefined {
    return this.#incoming;
  }

  receive(manifest: SnapshotManifest): IncomingSnapshot {
    const same = this.#incoming?.manifest.block.id === manifest.block.id;
    const chunks = same ? (this.#incoming?.chunks ?? []) : [];
    this.#incoming = new MemoryIncoming(manifest, chunks, {
      install: (given) => {
        const { block, stateRoot, eventRoot } = manifest;
        const { blockNum: num, time } = block.header;
        const applied = { num, id: block.id, time, stateRoot, eventRoot };
        const installed = this.#options.chain().installSnapshot(applied, given, block);
        if (!installed.ok) throw new Error(`what was checked is ${installed.error.code}`);
        this.#options.flush();
        this.#incoming = undefined;
      },
      later: (run) => this.#later(run),
      discard: () => {
        this.#incoming = undefined;
      },
    });
    return this.#incoming;
  }

  #later(run: () => void): void {
    this.#options.clock().after(this.#options.diskMs, run);
  }
}

type IncomingPorts = {
  readonly install: (chunks: readonly Uint8Array[]) => void;
  readonly later: (run: () => void) => void;
  readonly discard: () => void;
};

class MemoryIncoming implements IncomingSnapshot {
  readonly manifest: SnapshotManifest;
  readonly chunks: (Uint8Array | undefined)[];
  readonly #ports: IncomingPorts;

  constructor(
    manifest: SnapshotManifest,
    chunks: (Uint8Array | undefined)[],
    ports: IncomingPorts,
  ) {
    this.manifest = manifest;
    this.chunks = chunks;
    this.#ports = ports;
  }

  read(at: number): Uint8Array | undefined {
    return this.chunks[at];
  }

  write(at: number, bytes: Uint8Array): boolean {
    this.chunks[at] = bytes;
    return true;
  }

  stage(done: (fault: StageFault | undefined) => void): void {
    this.#ports.later(() => done(undefined));
  }

  adopt(done: () => void): void {
    this.#ports.install(this.chunks.filter((chunk) => chunk !== undefined));
    this.#ports.later(done);
  }

  leave(): void {}

  discard(): void {
    this.#ports.discard();
  }
}

function chunkListOf(chunks: readonly Uint8Array[]): ChunkList {
  return ChunkList.of(
    chunks.map((bytes): ListedChunk => {
      const chunk = decodeSnapshotChunk(bytes);
      if (!chunk.ok) throw new Error(`a chunk of this node is ${chunk.error.code}`);
      const { range, proof } = chunk.value;
      const headBytes = encodeChunkHead(range, proof).length;
      return { from: range.from, headBytes, rowsBytes: bytes.length - headBytes };
    }),
  );
}
