import type { Dice } from "./dice.ts";
import type { NetworkFaults } from "./faults.ts";
import { reach, type Marks } from "./marks.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

export type NetworkPorts<Message> = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly nodeCount: number;
  readonly isUp: (node: number) => boolean;
  readonly owner: (node: number) => Owner;
  /** Whether the message may reach a process that was started after it was sent: those of a connection may not. */
  readonly outlivesRestart: (message: Message) => boolean;
  /** Whether a copy of the message may come long after it. */
  readonly mayStray: (message: Message) => boolean;
  readonly deliver: (to: number, from: number, message: Message) => void;
};

type Link = {
  /** Nothing happens to messages here any more. */
  isCalm: boolean;
  isCut: boolean;
  isReset: boolean;
  cloggedUntilMicros: number;
  lastArrivalMicros: number;
  /** Messages on the way. */
  flying: number;
};

/** Messages between nodes, named by their index. `Message` is passed by reference: nobody may change it. */
export class Network<Message> {
  readonly #ports: NetworkPorts<Message>;
  readonly #links: readonly Link[];
  readonly #faults: NetworkFaults;
  #isPartitioned = false;

  constructor(ports: NetworkPorts<Message>, faults: NetworkFaults) {
    this.#ports = ports;
    this.#faults = faults;
    this.#links = Array.from({ length: ports.nodeCount * ports.nodeCount }, () => ({
      isCalm: false,
      isCut: false,
      isReset: false,
      cloggedUntilMicros: 0,
      lastArrivalMicros: 0,
      flying: 0,
    }));
  }

  get isPartitioned(): boolean {
    return this.#isPartitioned;
  }

  /** False when the sender can see that the message goes nowhere. */
  send(from: number, to: number, message: Message): boolean {
    const { dice, marks, isUp } = this.#ports;
    const path = this.#link(from, to);
    if (path.isReset || !isUp(to)) return false;
    if (path.isCalm) {
      this.#transmit(from, to, message);
      return true;
    }
    if (path.flying >= this.#faults.linkMessagesMax) {
      reach(marks, "link-full");
      return false;
    }
    if (path.isCut) return true;
    if (dice.chance(this.#faults.lossRate)) {
      reach(marks, "message-lost");
      return true;
    }
    this.#transmit(from, to, message);
    if (dice.chance(this.#faults.duplicateRate)) {
      reach(marks, "message-duplicated");
      this.#transmit(from, to, message);
    }
    this.#straySometimes(from, to, message);
    return true;
  }

  /** The nodes that `from` believes to be linked to. */
  connected(from: number): readonly number[] {
    const nodes: number[] = [];
    for (let to = 0; to < this.#ports.nodeCount; to += 1) {
      if (to !== from && this.#ports.isUp(to) && !this.#link(from, to).isReset) nodes.push(to);
    }
    return nodes;
  }

  /** Cuts the links for which `isCut` holds; `isVisible` resets the connections, too. */
  partition(isCut: (from: number, to: number) => boolean, isVisible: boolean): void {
    this.#isPartitioned = true;
    for (let from = 0; from < this.#ports.nodeCount; from += 1) {
      for (let to = 0; to < this.#ports.nodeCount; to += 1) {
        const path = this.#link(from, to);
        path.isCut = isCut(from, to);
        path.isReset = isVisible && (isCut(from, to) || isCut(to, from));
      }
    }
  }

  heal(): void {
    this.#isPartitioned = false;
    for (const path of this.#links) {
      path.isCut = false;
      path.isReset = false;
    }
  }

  /** Holds everything on one link until `untilMicros`. */
  clog(from: number, to: number, untilMicros: number): void {
    this.#link(from, to).cloggedUntilMicros = untilMicros;
  }

  /** From now on nothing is lost, repeated or held up between these nodes; elsewhere all stays as it is. */
  healAmong(nodes: readonly number[]): void {
    for (const from of nodes) {
      for (const to of nodes) {
        const path = this.#link(from, to);
        path.isCalm = true;
        path.isCut = false;
        path.isReset = false;
        path.cloggedUntilMicros = 0;
      }
    }
  }

  /** Whether messages pass both ways. */
  isLinked(one: number, other: number): boolean {
    return !this.#link(one, other).isCut && !this.#link(other, one).isCut;
  }

  #straySometimes(from: number, to: number, message: Message): void {
    const { scheduler, dice, marks, mayStray } = this.#ports;
    const { strayRate, strayMicrosMax, isOrdered } = this.#faults;
    if (isOrdered || !dice.chance(strayRate) || !mayStray(message)) return;
    reach(marks, "message-stray");
    scheduler.after(dice.float() * strayMicrosMax, () => this.#arrive(from, to, message));
  }

  #transmit(from: number, to: number, message: Message): void {
    const { scheduler, dice, marks, owner, outlivesRestart } = this.#ports;
    const { delayMicrosMin, delayMicrosMean, isOrdered } = this.#faults;
    const path = this.#link(from, to);
    const now = scheduler.now();
    const delay = delayMicrosMin + dice.exponential(delayMicrosMean);
    let arrival = Math.max(now, path.cloggedUntilMicros) + delay;
    if (arrival < path.lastArrivalMicros) {
      if (isOrdered) arrival = path.lastArrivalMicros;
      else reach(marks, "message-reordered");
    }
    path.lastArrivalMicros = Math.max(path.lastArrivalMicros, arrival);
    const { epoch } = owner(to);
    path.flying += 1;
    scheduler.after(arrival - now, () => {
      path.flying -= 1;
      if (owner(to).epoch === epoch || outlivesRestart(message)) this.#arrive(from, to, message);
    });
  }

  #arrive(from: number, to: number, message: Message): void {
    const { scheduler, isUp, owner, deliver } = this.#ports;
    if (!isUp(to)) return;
    const receiver = owner(to);
    if (receiver.resumesAtMicros <= scheduler.now()) return deliver(to, from, message);
    scheduler.after(0, () => deliver(to, from, message), receiver);
  }

  #link(from: number, to: number): Link {
    const found = this.#links[from * this.#ports.nodeCount + to];
    if (found === undefined) throw new Error(`no link from ${from} to ${to}`);
    return found;
  }
}
