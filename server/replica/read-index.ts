import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { readIndexMsMax } from "./limits.ts";
import type { ClockPort, LinksPort } from "./ports.ts";

type OnNum = (num: BlockNum | undefined) => void;
type Response = Extract<NodeMessage, { kind: "read-index-response" }>;

/** `asked` is the node whose answer counts; undefined where the core of this node is asked. */
type Open = { readonly asked: NodeId | undefined; readonly done: OnNum };

type ReadIndexPorts = {
  readonly clock: ClockPort;
  readonly links: LinksPort;
  /** Asks the core of this node. */
  readonly ask: (request: number) => void;
  readonly leader: () => { readonly self: boolean; readonly node: NodeId | undefined };
  /** Under BFT nobody's word is enough: the core asks a quorum itself. */
  readonly asksItself: () => boolean;
};

/**
 * Linearizable reads (Raft thesis 6.4): the height that a read must wait for. Under CFT it is asked of the leader from any
 * node; under BFT each node's own core finds it out.
 */
export class ReadIndex {
  readonly #ports: ReadIndexPorts;
  readonly #open = new Map<number, Open>();
  #requests = 0;

  constructor(ports: ReadIndexPorts) {
    this.#ports = ports;
  }

  request(done: OnNum): void {
    const { self, node } = this.#ports.leader();
    if (self || this.#ports.asksItself()) return this.#ports.ask(this.#begin(undefined, done));
    if (node === undefined) return done(undefined);
    const request = this.#begin(node, done);
    const sent = this.#ports.links.send(node, { kind: "read-index-request", request });
    if (!sent) this.answer(request, undefined);
  }

  /** Only whoever was asked may answer: a height from anybody else could be older than what the reader has seen. */
  receive(from: NodeId, { request, num }: Response): void {
    if (this.#open.get(request)?.asked === from) this.answer(request, num);
  }

  /** Another node asks, because it believes that this one leads. */
  requestFor(from: NodeId, theirs: number): void {
    const reply = (num: BlockNum | undefined): void => {
      const answer = num === undefined ? {} : { num };
      this.#ports.links.send(from, { kind: "read-index-response", request: theirs, ...answer });
    };
    const isAsked = this.#ports.leader().self || this.#ports.asksItself();
    if (isAsked) this.#ports.ask(this.#begin(undefined, reply));
    else reply(undefined);
  }

  /** The core of this node has answered, or nobody will. */
  answer(request: number, num: BlockNum | undefined): void {
    const open = this.#open.get(request);
    this.#open.delete(request);
    open?.done(num);
  }

  #begin(asked: NodeId | undefined, done: OnNum): number {
    const request = ++this.#requests;
    const cancel = this.#ports.clock.after(readIndexMsMax, () => this.answer(request, undefined));
    const settle = (num: BlockNum | undefined): void => {
      cancel();
      done(num);
    };
    this.#open.set(request, { asked, done: settle });
    return request;
  }
}
