import { ed25519PublicKey } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import { blockIdOf, nodeIdOf, type BlockId, type NodeId } from "@kith/protocol/ids";
import { transactionBytesMax } from "@kith/protocol/limits";
import type { NodeMessage } from "@kith/protocol/node-message";

import type { Identity } from "./identity.ts";
import type { LinkSocket } from "./link-socket.ts";
import type { LinkClock } from "./link.ts";
import { openLinks, type Links, type LinksOptions, type PeerEvent } from "./links.ts";

export const testChain: BlockId = blockIdOf("c1".repeat(32));

/** The same key for the same number. */
export function testIdentity(number: number): Identity {
  const secretKey = new Uint8Array(32).fill(number);
  return { secretKey, nodeId: nodeIdOf(toHex(ed25519PublicKey(secretKey))) };
}

/** Distinct bytes at each call: tests are the same each time. */
export function countingBytes(seed: number): (count: number) => Uint8Array {
  let state = seed + 1;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

/** Time that passes only when the test says so. */
class TestClock implements LinkClock {
  #nowMs = 1_000;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  now(): { readonly monotonicMs: number } {
    return { monotonicMs: this.#nowMs };
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs the next timer within `untilMs`; false when there is none. */
  runNext(untilMs: number): boolean {
    const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined || next.atMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#timers = this.#timers.filter((other) => other !== next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.run();
    return true;
  }

  /** The whole process stands still. */
  freeze(forMs: number): void {
    this.#nowMs += forMs;
  }
}

/** One end of a connection in memory. */
export class MemorySocket implements LinkSocket {
  readonly remoteAddress: string;
  other: MemorySocket | undefined;
  onOpen: () => void = () => undefined;
  onMessage: (bytes: Uint8Array) => void = () => undefined;
  onClose: (code: number, reason: string) => void = () => undefined;
  onDrain: () => void = () => undefined;
  /** The other end reads nothing: what is sent stays in the buffer. */
  stalled = false;
  /** What the network does to a frame on its way: several, none, or others. */
  tamper: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes];
  sent: Uint8Array[] = [];
  closedWith: number | undefined;
  readonly #network: MemoryNetwork;

  constructor(network: MemoryNetwork, remoteAddress: string) {
    this.#network = network;
    this.remoteAddress = remoteAddress;
  }

  send(bytes: Uint8Array): boolean {
    this.sent.push(bytes);
    this.#network.enqueue(() => this.#deliver());
    return true;
  }

  close(code: number, reason: string): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = code;
    this.#network.enqueue(() => this.other?.lose(code, reason));
  }

  lose(code: number, reason: string): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = code;
    this.onClose(code, reason);
  }

  bufferedBytes(): number {
    return this.sent.reduce((sum, { length }) => sum + length, 0);
  }

  resume(): void {
    this.stalled = false;
    this.#network.enqueue(() => this.#deliver());
  }

  #deliver(): void {
    while (!this.stalled) {
      const frame = this.sent.shift();
      if (frame === undefined) return;
      for (const bytes of this.tamper(frame)) {
        if (this.other?.closedWith === undefined) this.other?.onMessage(bytes);
      }
    }
  }
}

/** Connects nodes in one process; everything happens in `run`. */
export class MemoryNetwork {
  readonly clock = new TestClock();
  readonly listeners = new Map<string, (socket: LinkSocket) => void>();
  /** Each connection: the end that dialled, then the end that accepted. */
  readonly connections: (readonly [MemorySocket, MemorySocket])[] = [];
  dials: string[] = [];
  #queue: (() => void)[] = [];

  enqueue(work: () => void): void {
    this.#queue.push(work);
  }

  readonly dial = (url: string): LinkSocket => {
    this.dials.push(url);
    const near = new MemorySocket(this, url);
    const accept = this.listeners.get(url);
    if (accept === undefined) {
      this.enqueue(() => near.lose(1006, "nobody listens"));
      return near;
    }
    const far = new MemorySocket(this, "memory");
    near.other = far;
    far.other = near;
    this.connections.push([near, far]);
    this.enqueue(() => {
      accept(far);
      near.onOpen();
    });
    return near;
  };

  /** Lets so much time pass, with everything that happens in it. */
  async run(forMs = 0): Promise<void> {
    const untilMs = this.clock.now().monotonicMs + forMs;
    do await this.#settle();
    while (this.clock.runNext(untilMs));
  }

  async #settle(): Promise<void> {
    do {
      for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) work();
      // Links gather messages until the end of a turn.
      await Promise.resolve();
      await Promise.resolve();
    } while (this.#queue.length > 0);
  }
}

export type TestNode = {
  readonly links: Links;
  readonly id: NodeId;
  readonly url: string;
  readonly received: { readonly from: NodeId; readonly message: NodeMessage }[];
  readonly events: PeerEvent[];
};

export function urlOf(number: number): string {
  return `ws://127.0.0.1:${20_000 + number}/p2p`;
}

/** A node that listens at `urlOf(number)`. */
export function startNode(
  network: MemoryNetwork,
  number: number,
  options: Partial<LinksOptions> = {},
): TestNode {
  const identity = testIdentity(number);
  const received: TestNode["received"] = [];
  const events: PeerEvent[] = [];
  const url = urlOf(number);
  const links = openLinks({
    identity,
    chainId: testChain,
    listenUrl: url,
    addresses: [],
    clock: network.clock,
    randomBytes: countingBytes(number),
    dial: network.dial,
    onMessage: (from, message) => received.push({ from, message }),
    onPeer: (event) => events.push(event),
    ...options,
  });
  network.listeners.set(url, (socket) => links.accept(socket));
  return { links, id: identity.nodeId, url, received, events };
}

export function submitOf(sizeBytes: number, fill = 1): NodeMessage {
  const transactions: Uint8Array[] = [];
  for (let rest = sizeBytes; rest > 0; rest -= transactionBytesMax) {
    transactions.push(new Uint8Array(Math.min(rest, transactionBytesMax)).fill(fill));
  }
  return { kind: "submit", transactions };
}

export function chunkOf(sizeBytes: number, chunk: number): NodeMessage {
  return { kind: "snapshot-chunk", block: testChain, chunk, data: new Uint8Array(sizeBytes) };
}
