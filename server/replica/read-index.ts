import type { BlockNum, NodeId } from "@kith/protocol/ids";

import { readIndexMsMax } from "./limits.ts";
import type { ClockPort, LinksPort } from "./ports.ts";

type OnNum = (num: BlockNum | undefined) => void;

type ReadIndexPorts = {
  readonly clock: ClockPort;
  readonly links: LinksPort;
  /** Asks the core of this node, which leads. */
  readonly ask: (request: number) => void;
  readonly leader: () => { readonly self: boolean; readonly node: NodeId | undefined };
};

/** Linearizable reads (Raft thesis 6.4): the height that a read must wait for, asked of the leader from any node. */
export class ReadIndex {
  readonly #ports: ReadIndexPorts;
  readonly #open = new Map<number, OnNum>();
  #requests = 0;

  constructor(ports: ReadIndexPorts) {
    this.#ports = ports;
  }

  request(done: OnNum): void {
    const request = this.#begin(done);
    const { self, node } = this.#ports.leader();
    if (self) return this.#ports.ask(request);
    const sent =
      node !== undefined && this.#ports.links.send(node, { kind: "read-index-request", request });
    if (!sent) this.answer(request, undefined);
  }

  /** Another node asks, because it believes that this one leads. */
  requestFor(from: NodeId, theirs: number): void {
    const reply = (num: BlockNum | undefined): void => {
      const answer = num === undefined ? {} : { num };
      this.#ports.links.send(from, { kind: "read-index-response", request: theirs, ...answer });
    };
    if (this.#ports.leader().self) this.#ports.ask(this.#begin(reply));
    else reply(undefined);
  }

  answer(request: number, num: BlockNum | undefined): void {
    const done = this.#open.get(request);
    this.#open.delete(request);
    done?.(num);
  }

  #begin(done: OnNum): number {
    const request = ++this.#requests;
    const cancel = this.#ports.clock.after(readIndexMsMax, () => this.answer(request, undefined));
    this.#open.set(request, (num) => {
      cancel();
      done(num);
    });
    return request;
  }
}
