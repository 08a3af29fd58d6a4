import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import type { SealedBlock } from "@kith/protocol/block";
import { encodeManifest, type SnapshotManifest } from "@kith/protocol/snapshot-manifest";
import type {
  CompleteSnapshot,
  IncomingSnapshot,
  SnapshotRows,
  SnapshotsPort,
  StageFault,
} from "@kith/replica/ports";
import { draftName, handedOutFolder, incomingFolder, snapshotName } from "@kith/snapshots/folders";
import { IncomingFile } from "@kith/snapshots/incoming-file";
import type { FromProcess, ProcessFault } from "@kith/snapshots/process-messages";
import { openSnapshotFile, type SnapshotFile } from "@kith/snapshots/snapshot-file";
import { startSnapshotProcess, type SnapshotProcess } from "@kith/snapshots/start-process";
import { markReady, stagedFolder } from "@kith/store/staged-file";
import type { OpenedState } from "@kith/store/state";

import { MakingRows } from "./making-rows.ts";

type NodeSnapshotsOptions = {
  readonly folder: string;
  readonly genesis: SealedBlock;
  /** The file that calls `runSnapshotProcess`. */
  readonly script: string;
  readonly state: OpenedState;
  /** Nobody may read from state.db while another takes its place. */
  readonly beforeAdopt: () => void;
  readonly onAdopted: () => void;
  readonly say: (text: string) => void;
};

/** Snapshots in the node's data folder. What takes seconds is done by processes of their own. */
export class NodeSnapshots implements SnapshotsPort {
  private readonly options: NodeSnapshotsOptions;
  private file: SnapshotFile | undefined;
  private handedOut: CompleteSnapshot | undefined;
  private arriving: IncomingFile | undefined;
  private readonly running = new Set<SnapshotProcess>();
  private isClosed = false;

  constructor(options: NodeSnapshotsOptions) {
    this.options = options;
    this.removeDrafts();
    this.open();
  }

  sizeBytes(): number {
    try {
      return statSync(join(this.options.folder, "state.db")).size;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  complete(): CompleteSnapshot | undefined {
    return this.handedOut;
  }

  dropComplete(): void {
    this.file?.close();
    this.file = undefined;
    this.handedOut = undefined;
    rmSync(this.path, { force: true });
  }

  hold(done: () => void): void {
    void this.options.state.hold().then(done);
  }

  release(): void {
    this.options.state.release();
  }

  makeRows(done: (rows: SnapshotRows | undefined) => void): void {
    const { folder, genesis, state, say } = this.options;
    const num = state.applied()?.num;
    // What is committed behind this moment stays in memory until the process has pinned what is there now.
    void state.writeHeld().then(() => {
      const made = new MakingRows({
        num,
        genesis,
        say,
        onPinned: () => state.release(),
        open: () => this.open(),
        done,
      });
      const child = this.start("make", {
        onMessage: (message) => made.receive(child, message),
        onEnd: () => {
          rmSync(join(handedOutFolder(folder), draftName(child.pid)), { force: true });
          made.end();
        },
      });
    });
  }

  incoming(): IncomingSnapshot | undefined {
    const file = IncomingFile.resume(incomingFolder(this.options.folder));
    return file === undefined ? undefined : this.incomingOf(file);
  }

  receive(manifest: SnapshotManifest): IncomingSnapshot | undefined {
    const { folder, say } = this.options;
    if (this.isClosed) return undefined;
    this.arriving?.close();
    try {
      return this.incomingOf(IncomingFile.start(incomingFolder(folder), manifest));
    } catch (error) {
      say(`a snapshot cannot be taken: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  close(): void {
    this.isClosed = true;
    for (const child of this.running) child.kill();
    this.file?.close();
    this.file = undefined;
    this.handedOut = undefined;
    this.arriving?.close();
    this.arriving = undefined;
  }

  private incomingOf(file: IncomingFile): IncomingSnapshot {
    this.arriving = file;
    const { folder, state, beforeAdopt, onAdopted, say } = this.options;
    const { manifest } = file;
    const num = manifest.block.header.blockNum;
    return {
      manifest,
      read: (at) => file.read(at),
      write: (at, bytes) => file.write(at, bytes),
      stage: (done) => {
        say(`the state after block ${num} has arrived, and is made ready`);
        this.stage(done);
      },
      adopt: (done) => {
        markReady(stagedFolder(folder), num);
        beforeAdopt();
        void state.adopt(onAdopted).then(() => {
          file.remove();
          say(`this node goes on behind block ${num}, whose state it was given`);
          done();
        });
      },
      leave: () => file.close(),
      discard: () => {
        file.remove();
        rmSync(stagedFolder(folder), { recursive: true, force: true });
      },
    };
  }

  private stage(done: (fault: StageFault | undefined) => void): void {
    let fault: StageFault | undefined = {
      code: "staging-failed",
      message: "the process has ended",
    };
    this.start("stage", {
      onMessage: (message) => {
        if (message.kind === "staged") fault = undefined;
        if (message.kind === "fault") fault = stageFaultOf(message.fault);
      },
      onEnd: () => {
        if (this.isClosed) return;
        if (fault !== undefined) this.options.say(`no state was made: ${textOf(fault)}`);
        done(fault);
      },
    });
  }

  private start(
    task: "make" | "stage",
    events: { readonly onMessage: (message: FromProcess) => void; readonly onEnd: () => void },
  ): SnapshotProcess {
    const { folder, script } = this.options;
    const child = startSnapshotProcess({
      script,
      task,
      folder,
      onMessage: events.onMessage,
      onEnd: () => {
        this.running.delete(child);
        events.onEnd();
      },
    });
    this.running.add(child);
    return child;
  }

  private open(): CompleteSnapshot | undefined {
    const opened = this.isClosed ? undefined : openSnapshotFile(this.path);
    if (opened?.ok !== true) return undefined;
    const file = opened.value;
    this.file?.close();
    this.file = file;
    const { manifest } = file;
    this.handedOut = {
      manifest,
      packed: encodeManifest(manifest),
      chunk: (at) => {
        try {
          return file.chunk(at);
        } catch {
          return undefined;
        }
      },
    };
    return this.handedOut;
  }

  private get path(): string {
    return join(handedOutFolder(this.options.folder), snapshotName);
  }

  private removeDrafts(): void {
    const folder = handedOutFolder(this.options.folder);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (name !== snapshotName) rmSync(join(folder, name), { force: true });
    }
  }
}

function stageFaultOf(fault: ProcessFault): StageFault {
  switch (fault.code) {
    case "snapshot-chunk-wrong":
    case "snapshot-ends-early":
    case "snapshot-event-root-differs":
      return fault;
    case "state-empty":
    case "state-damaged":
      return { code: "staging-failed", message: fault.code };
    case "snapshot-process-failed":
      return { code: "staging-failed", message: fault.message };
  }
}

function textOf(fault: ProcessFault | StageFault): string {
  return "message" in fault ? fault.message : fault.code;
}
