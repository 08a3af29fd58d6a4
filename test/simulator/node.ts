import type { Applied } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import type { AccountName, NodeId } from "@kith/protocol/ids";
import type { NodeMessage, Roster } from "@kith/protocol/node-message";
import type { LinksPort } from "@kith/replica/ports";

import { createNodeClock, type NodeClock } from "./clock.ts";
import type { Dice } from "./dice.ts";
import { Disk, type Place } from "./disk.ts";
import type { Faults } from "./faults.ts";
import { copyOfLog, type LogImage } from "./log-image.ts";
import type { Machine, MachineStatus, MemoryPort, Program } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import type { Oracles } from "./oracles.ts";
import type { Owner, Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** Unwinds a program in the middle of what it does; nothing of it runs on. */
export class SimulatedCrash extends Error {}

export type NodePorts = {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly diskDice: Dice;
  readonly scheduleDice: Dice;
  readonly marks: Marks;
  readonly trace: Trace;
  readonly oracles: () => Oracles;
  readonly send: (from: number, to: NodeId, message: NodeMessage) => boolean;
  readonly connected: (from: number) => readonly NodeId[];
  /** After any crash, with the program gone: decides when the node comes back. */
  readonly onCrashed: (node: SimNode) => void;
  /** The node says that its disk has lost what it promised to keep, and will never start again. */
  readonly onLost: (node: SimNode, reason: string) => void;
  readonly mayHit: (node: SimNode, place: Place) => boolean;
};

/** `isMortal`: what stands on its disk may be lost, and the node with it. `isLiar`: it keeps no rule. */
type Identity = {
  readonly index: number;
  readonly id: NodeId;
  readonly account: AccountName;
  readonly isMortal: boolean;
  readonly isLiar: boolean;
};

/** All that was on its disk at some time. */
type Copy = { readonly log: LogImage; readonly putBack: () => void };

type CrashPlan = { boundariesLeft: number; readonly isPowerCut: boolean };

/** One machine: what lives in memory goes with a crash, `disk` and the program's state.db stay. */
export class SimNode {
  readonly index: number;
  readonly id: NodeId;
  readonly account: AccountName;
  readonly isMortal: boolean;
  readonly isLiar: boolean;
  readonly owner: Owner = { epoch: 0, resumesAtMicros: 0 };
  readonly disk: Disk;
  readonly clock: NodeClock;
  readonly program: Program;
  readonly #ports: NodePorts;
  readonly #links: LinksPort;
  readonly #memory: MemoryPort;
  #machine: Machine | undefined;
  /** From the start of a boot on, so that a crash may come in the middle of it. */
  #isUp = false;
  #plan: CrashPlan | undefined;
  /** A spare waits until somebody needs it; a node that has lost its disk is never seen again. */
  #stage: "spare" | "active" | "retired" = "spare";
  #release = 0;
  #isNewcomer = false;
  #copy: Copy | undefined;
  #isDoubtful = false;
  #isForgetful = false;
  #roster: Roster | undefined;

  constructor(who: Identity, program: Program, ports: NodePorts) {
    this.index = who.index;
    this.id = who.id;
    this.account = who.account;
    this.isMortal = who.isMortal;
    this.isLiar = who.isLiar;
    this.program = program;
    this.#ports = ports;
    const { scheduler, faults, marks } = ports;
    const boundary = (place: "before" | "after" | "sync"): void => this.#boundary(place);
    this.disk = new Disk(
      {
        scheduler,
        dice: ports.diskDice,
        marks,
        owner: this.owner,
        boundary,
        onBroken: () => this.#crashNow(true),
        mayHit: (place) => ports.mayHit(this, place),
        witness: {
          onWritten: (batch) => ports.oracles().onWritten(this.index, batch),
          onDurable: (batch) => ports.oracles().onDurable(this.index, batch),
          onRestarted: (block) => ports.oracles().onRestarted(this.index, block),
          onRepaired: (block) => ports.oracles().onRepaired(this.index, block),
        },
      },
      faults.disk,
    );
    const dice = ports.scheduleDice;
    const clockPorts = { scheduler, dice, owner: this.owner, boundary: () => boundary("before") };
    this.clock = createNodeClock(clockPorts, faults.clock);
    const isDoubtful = (): boolean => this.#isDoubtful;
    this.#memory = {
      get isDoubtful() {
        return isDoubtful();
      },
      note: (isWhole) => this.#noteMemory(isWhole),
    };
    this.#links = {
      send: (to, message) => this.#send(to, message),
      connected: () => ports.connected(this.index),
    };
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isActive(): boolean {
    return this.#stage === "active";
  }

  get isRetired(): boolean {
    return this.#stage === "retired";
  }

  /** It came in the place of one that was lost. */
  get isNewcomer(): boolean {
    return this.#isNewcomer;
  }

  /** Its disk is an older one, and it has not found out yet what it said behind that. */
  get isForgetful(): boolean {
    return this.#isForgetful;
  }

  get hasCopy(): boolean {
    return this.#copy !== undefined;
  }

  get release(): number {
    return this.#release;
  }

  get status(): MachineStatus | undefined {
    return this.#machine?.status();
  }

  get machine(): Machine | undefined {
    return this.#machine;
  }

  /** From now on there is such a node; a new one is told by another who produces. */
  activate(roster?: Roster): void {
    this.#stage = "active";
    this.#isNewcomer = roster !== undefined;
    this.#roster = roster;
    this.boot();
  }

  /** Its disk is gone for good, and its key with it. */
  retire(): void {
    this.#stage = "retired";
    this.crash(false);
  }

  /** The process stops, and the next one is of another release. */
  upgrade(): void {
    this.#release += 1;
    this.crash(false);
  }

  /** Somebody keeps a copy of its disk, while it is down. */
  copyDisk(): void {
    const putBack = this.program.copy?.();
    const isSound = this.disk.damage.nums.length === 0 && this.disk.refusal === undefined;
    if (!this.#isUp && isSound && putBack !== undefined) {
      this.#copy = { log: copyOfLog(this.disk.durable), putBack };
    }
  }

  /** The copy takes the place of its disk, while it is down. The files show that they are copies. */
  putCopyBack(): void {
    if (this.#isUp || this.#copy === undefined) return;
    const { log, putBack } = this.#copy;
    this.#copy = undefined;
    this.disk.replaceBy(log);
    putBack();
    this.#isDoubtful = true;
    this.#isForgetful = true;
    this.#ports.oracles().onPutBack(this.index, log);
  }

  /** Starts the program on what the disk kept. */
  boot(): void {
    if (!this.isActive) return;
    const { trace } = this.#ports;
    const { ballot, blocks } = this.disk.durable;
    trace.note("boot", this.index, blocks.length, () => `blocks, term ${ballot.term}`);
    const refusal = this.disk.open();
    if (refusal !== undefined) return this.#ports.onLost(this, refusal);
    this.#isUp = true;
    this.#ports.oracles().onBoot(this.index, this.program.executedNum());
    this.#machine = this.program.boot({
      self: this.id,
      randomSeed: this.#ports.scheduleDice.below(2 ** 31),
      release: this.#release,
      roster: this.#roster,
      log: this.disk,
      links: this.#links,
      clock: this.clock,
      memory: this.#memory,
      onExecuted: (applied) => this.#onExecuted(applied),
      onEvidence: (evidence) => this.#ports.oracles().onEvidence(this.index, evidence),
      onBroken: (reason) => this.#onBroken(reason),
      stopForGood: (reason) => {
        this.#ports.onLost(this, reason);
        throw new SimulatedCrash();
      },
      boundary: (place) => this.#boundary(place),
    });
  }

  receive(from: NodeId, message: NodeMessage): void {
    this.#machine?.receive(from, message);
  }

  /** This node told somebody that block `num` is final. */
  claimFinal(num: number): void {
    this.#ports.oracles().onCommit(this.index, num);
  }

  /** The process ends a few effects from now. */
  planCrash(boundariesLeft: number, isPowerCut: boolean): void {
    this.#plan = { boundariesLeft, isPowerCut };
  }

  /** The process ends: between two events, at an effect, or while it starts. */
  crash(isPowerCut: boolean): void {
    if (!this.#isUp) return;
    const { marks, trace } = this.#ports;
    if (this.#machine === undefined) reach(marks, "crash-while-starting");
    if (this.#machine?.status().role === "leader") reach(marks, "leader-crash");
    trace.note("crash", this.index, isPowerCut ? 1 : 0);
    this.#plan = undefined;
    this.#machine = undefined;
    this.#isUp = false;
    this.owner.epoch += 1;
    this.owner.resumesAtMicros = 0;
    this.disk.crash(isPowerCut);
    this.program.crash(isPowerCut);
    this.#ports.onCrashed(this);
  }

  /** Whatever holds it up now holds it up for ever. */
  freeze(nowMicros: number): void {
    if (this.owner.resumesAtMicros > nowMicros) {
      this.owner.resumesAtMicros = Number.POSITIVE_INFINITY;
    }
  }

  /** No more faults of this machine, for ever. */
  calm(): void {
    this.#plan = undefined;
    this.owner.resumesAtMicros = 0;
    this.disk.calm();
    this.clock.calm();
  }

  /** Genesis is on the disk of a node before it starts for the first time. */
  install(genesis: SealedBlock): void {
    this.disk.durable.blocks.push(genesis);
    this.disk.written.blocks.push(genesis);
  }

  /** Whoever may lose what stands on its disk may also stop because of it; everybody else found a broken invariant. */
  #onBroken(reason: string): never {
    if (this.isLiar) this.#crashNow(false);
    if (!this.isMortal || this.disk.damage.nums.length === 0) {
      throw new Error(`node ${this.index} says that it is broken: ${reason}`);
    }
    reach(this.#ports.marks, "stopped-by-damage");
    this.#crashNow(false);
  }

  /** The two programs of a liar are not one mind. */
  #noteMemory(isWhole: boolean): void {
    if (this.isLiar) return;
    this.#isDoubtful = !isWhole;
    if (!isWhole) return;
    if (this.#isForgetful) reach(this.#ports.marks, "speaks-again");
    this.#isForgetful = false;
    this.#ports.oracles().onRemembered();
  }

  #crashNow(isPowerCut: boolean): never {
    this.crash(isPowerCut);
    throw new SimulatedCrash();
  }

  #boundary(place: "before" | "after" | "sync"): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    plan.boundariesLeft -= 1;
    if (plan.boundariesLeft > 0) return;
    reach(this.#ports.marks, crashMarks[place]);
    this.#crashNow(plan.isPowerCut);
  }

  #send(to: NodeId, message: NodeMessage): boolean {
    this.#boundary("before");
    const isSent = this.#ports.send(this.index, to, message);
    this.#boundary("after");
    return isSent;
  }

  #onExecuted(applied: Applied): void {
    this.#ports.trace.note("executed", this.index, applied.stateRoot, () => `${applied.num}`);
    this.#ports.oracles().onExecuted(this.index, applied);
  }
}

const crashMarks = {
  before: "crash-before-effect",
  after: "crash-after-effect",
  sync: "crash-between-write-and-sync",
} as const;
