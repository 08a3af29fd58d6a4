import type { Applied } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import { toHex } from "@kith/protocol/hashes";
import { encodeSnapshotProof } from "@kith/protocol/snapshot-manifest";
import type { CompleteSnapshot, SnapshotRows } from "@kith/replica/ports";
import type { FromProcess } from "@kith/snapshots/process-messages";
import type { SnapshotProcess } from "@kith/snapshots/start-process";

type MakingPorts = {
  /** The block whose state is to be read. */
  readonly num: number | undefined;
  readonly genesis: SealedBlock;
  readonly say: (text: string) => void;
  /** The process has what it reads; called once or several times, and in any case. */
  readonly onPinned: () => void;
  /** The file that was made. */
  readonly open: () => CompleteSnapshot | undefined;
  /** Called once. */
  readonly done: (rows: SnapshotRows | undefined) => void;
};

type Finished = (snapshot: CompleteSnapshot | undefined) => void;

/** What a process tells that reads the rows of a snapshot, as its node wants to hear it. */
export class MakingRows {
  private readonly ports: MakingPorts;
  private isTold = false;
  private finished: Finished | undefined;

  constructor(ports: MakingPorts) {
    this.ports = ports;
  }

  receive(child: SnapshotProcess, message: FromProcess): void {
    switch (message.kind) {
      case "pinned":
        return this.ports.onPinned();
      case "rows":
        return this.tell(this.rowsOf(child, message.applied));
      case "finished":
        return this.finish(this.ports.open());
      case "fault":
        return this.ports.say(`no snapshot was made: ${message.fault.code}`);
      case "progress":
      case "staged":
        return;
    }
  }

  /** The process has ended, whatever it told before. */
  end(): void {
    this.ports.onPinned();
    this.tell(undefined);
    // Whoever still waits for the file waits in vain; an older one may stand in its place.
    this.finish(undefined);
  }

  private rowsOf(child: SnapshotProcess, applied: Applied): SnapshotRows | undefined {
    if (applied.num !== this.ports.num) {
      child.kill();
      return undefined;
    }
    return {
      applied,
      finish: ({ block, proof }, finished) => {
        this.finished = finished;
        child.send({
          block: toHex(block.bytes),
          genesis: toHex(this.ports.genesis.bytes),
          proof: toHex(encodeSnapshotProof(proof)),
        });
      },
      abandon: () => child.kill(),
    };
  }

  private tell(rows: SnapshotRows | undefined): void {
    if (this.isTold) return;
    this.isTold = true;
    this.ports.done(rows);
  }

  private finish(snapshot: CompleteSnapshot | undefined): void {
    const { finished } = this;
    this.finished = undefined;
    finished?.(snapshot);
  }
}
