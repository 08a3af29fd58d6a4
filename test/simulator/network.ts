import type { Dice } from "./dice.ts";
import type { NetworkFaults } from "./faults.ts";
import { reach, type Marks } from "./marks.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** Messages between nodes, named by their index. `Message` is passed by reference: nobody may change it. */
export type Network<Message> = {
  /** False when the sender can see that the message goes nowhere. */
  send(from: number, to: number, message: Message): boolean;
  /** The nodes that `from` believes to be linked to. */
  connected(from: number): readonly number[];
  /** Cuts the links for which `isCut` holds; `isVisible` resets the connections, too. */
  partition(isCut: (from: number, to: number) => boolean, isVisible: boolean): void;
  heal(): void;
  isPartitioned(): boolean;
  /** Holds everything on one link until `untilMicros`. */
  clog(from: number, to: number, untilMicros: number): void;
  /** No loss, no duplicates, no clogs, short delays, from now on. */
  calm(): void;
};

export type NetworkPorts<Message> = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly nodeCount: number;
  readonly isUp: (node: number) => boolean;
  readonly owner: (node: number) => Owner;
  /** Whether the message may reach a process that was started after it was sent: those of a connection may not. */
  readonly outlivesRestart: (message: Message) => boolean;
  readonly deliver: (to: number, from: number, message: Message) => void;
};

type Link = {
  isCut: boolean;
  isReset: boolean;
  cloggedUntilMicros: number;
  lastArrivalMicros: number;
};

export function createNetwork<Message>(
  ports: NetworkPorts<Message>,
  swarm: NetworkFaults,
): Network<Message> {
  const { scheduler, dice, marks, nodeCount } = ports;
  const links: Link[] = Array.from({ length: nodeCount * nodeCount }, () => ({
    isCut: false,
    isReset: false,
    cloggedUntilMicros: 0,
    lastArrivalMicros: 0,
  }));
  let faults = swarm;
  let isPartitioned = false;

  function link(from: number, to: number): Link {
    const found = links[from * nodeCount + to];
    if (found === undefined) throw new Error(`no link from ${from} to ${to}`);
    return found;
  }

  function transmit(from: number, to: number, message: Message): void {
    const path = link(from, to);
    const now = scheduler.now();
    const delay = faults.delayMicrosMin + dice.exponential(faults.delayMicrosMean);
    let arrival = Math.max(now, path.cloggedUntilMicros) + delay;
    if (arrival < path.lastArrivalMicros) {
      if (faults.isOrdered) arrival = path.lastArrivalMicros;
      else reach(marks, "message-reordered");
    }
    path.lastArrivalMicros = Math.max(path.lastArrivalMicros, arrival);
    const { epoch } = ports.owner(to);
    scheduler.after(arrival - now, () => {
      if (ports.owner(to).epoch === epoch || ports.outlivesRestart(message)) {
        arrive(from, to, message);
      }
    });
  }

  function arrive(from: number, to: number, message: Message): void {
    if (!ports.isUp(to)) return;
    const owner = ports.owner(to);
    if (owner.resumesAtMicros <= scheduler.now()) return ports.deliver(to, from, message);
    scheduler.after(0, () => ports.deliver(to, from, message), owner);
  }

  return {
    send(from, to, message) {
      const path = link(from, to);
      if (path.isReset || !ports.isUp(to)) return false;
      if (path.isCut) return true;
      if (dice.chance(faults.lossRate)) {
        reach(marks, "message-lost");
        return true;
      }
      transmit(from, to, message);
      if (dice.chance(faults.duplicateRate)) {
        reach(marks, "message-duplicated");
        transmit(from, to, message);
      }
      return true;
    },
    connected(from) {
      const nodes: number[] = [];
      for (let to = 0; to < nodeCount; to += 1) {
        if (to !== from && ports.isUp(to) && !link(from, to).isReset) nodes.push(to);
      }
      return nodes;
    },
    partition(isCut, isVisible) {
      isPartitioned = true;
      for (let from = 0; from < nodeCount; from += 1) {
        for (let to = 0; to < nodeCount; to += 1) {
          const path = link(from, to);
          path.isCut = isCut(from, to);
          path.isReset = isVisible && (isCut(from, to) || isCut(to, from));
        }
      }
    },
    heal() {
      isPartitioned = false;
      for (const path of links) {
        path.isCut = false;
        path.isReset = false;
      }
    },
    isPartitioned: () => isPartitioned,
    clog(from, to, untilMicros) {
      link(from, to).cloggedUntilMicros = untilMicros;
    },
    calm() {
      faults = { ...faults, lossRate: 0, duplicateRate: 0 };
      for (const path of links) path.cloggedUntilMicros = 0;
    },
  };
}

/** The shapes of partition of VOPR, and the partial one of Cloudflare's outage of 2020. */
export function drawPartition(
  dice: Dice,
  nodeCount: number,
  isAsymmetric: boolean,
): (from: number, to: number) => boolean {
  const side = drawSides(dice, nodeCount);
  if (dice.chance(0.2) && nodeCount > 2) {
    const one = dice.below(nodeCount);
    const other = (one + 1 + dice.below(nodeCount - 1)) % nodeCount;
    if (isAsymmetric) return (from, to) => from === one && to === other;
    return (from, to) => (from === one && to === other) || (from === other && to === one);
  }
  if (isAsymmetric) return (from, to) => side[from] === true && side[to] === false;
  return (from, to) => side[from] !== side[to];
}

function drawSides(dice: Dice, nodeCount: number): readonly boolean[] {
  if (dice.chance(0.5)) {
    const isolated = dice.below(nodeCount);
    const isOut = dice.chance(0.5);
    return Array.from({ length: nodeCount }, (_, node) => (node === isolated) === isOut);
  }
  return Array.from({ length: nodeCount }, () => dice.chance(0.5));
}
