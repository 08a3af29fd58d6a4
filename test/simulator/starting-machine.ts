import type { Restored } from "@kith/consensus/core/start";
import type { RestoredCertificates, RestoredChain } from "@kith/node/restore";
import { restoreRepaired } from "@kith/node/restore-with-repair";
import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import type { Machine, MachinePorts, MachineStatus, Outcome } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";

type StartingParts = {
  readonly chain: RestoredChain;
  readonly certificates: RestoredCertificates;
  readonly marks: Marks;
  readonly start: (restored: Restored) => Machine;
};

function nothing(): void {}

/** The product's start: a node whose newest blocks are damaged takes no part until other nodes have given it copies. */
export class StartingMachine implements Machine {
  readonly #chain: RestoredChain;
  readonly #handlers = { onMessage: (_from: NodeId, _message: NodeMessage): void => undefined };
  #running: Machine | undefined;

  constructor(ports: MachinePorts, { chain, certificates, marks, start }: StartingParts) {
    const { log, links, clock, roster, memory } = ports;
    const handlers = this.#handlers;
    const parts = { log, certificates, chain, links, clock, handlers };
    this.#chain = chain;
    const told = { say: nothing, waitsFor: nothing, onForgetting: () => memory.note(false) };
    restoreRepaired({ ...parts, ...told, stopLoudly: ports.stopForGood }, (restored) => {
      const { isDoubtful } = memory;
      if (restored.base !== undefined) reach(marks, "start-without-head");
      this.#running = start({
        ...restored,
        isDoubtful,
        ...(roster === undefined ? {} : { roster }),
      });
    });
    if (this.#running === undefined) reach(marks, "repair-before-start");
  }

  receive(from: NodeId, message: NodeMessage): void {
    if (this.#running === undefined) this.#handlers.onMessage(from, message);
    else this.#running.receive(from, message);
  }

  submit(transaction: Uint8Array, done: (outcome: Outcome) => void): void {
    if (this.#running === undefined) done({ kind: "unavailable" });
    else this.#running.submit(transaction, done);
  }

  readIndex(done: (num: number | undefined) => void): void {
    if (this.#running === undefined) done(undefined);
    else this.#running.readIndex(done);
  }

  transfer(to: NodeId): void {
    this.#running?.transfer(to);
  }

  onPeersChanged(): void {
    this.#running?.onPeersChanged();
  }

  status(): MachineStatus {
    if (this.#running !== undefined) return this.#running.status();
    const num = this.#chain.applied()?.num ?? 0;
    return { role: "starting", term: 0, leader: undefined, finalNum: num, executedNum: num };
  }
}
