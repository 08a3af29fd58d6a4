import type { BlockId, NodeId } from "@kith/protocol/ids";

import { closeCodeOf, closedByPeer, type LinkError, type OwnReason } from "./errors.ts";
import { Joiner, type Lane, type Received } from "./frames.ts";
import type { Identity } from "./identity.ts";
import { recordBytesMax, type LinkLimits } from "./limits.ts";
import type { LinkSocket } from "./link-socket.ts";
import type { KeyPair, Role } from "./noise/handshake.ts";
import { Outbox } from "./outbox.ts";
import { Session, type Remote } from "./session.ts";

export type LinkClock = {
  now(): { readonly monotonicMs: number };
  /** Calls back once after about this many milliseconds; returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
};

export type LinkContext = {
  readonly identity: Identity;
  /** `staticKeyOf` the identity, made once. */
  readonly staticKey: KeyPair;
  /** Of this process: see `Remote`. */
  readonly processId: Uint8Array;
  readonly chainId: BlockId;
  readonly clock: LinkClock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly limits: LinkLimits;
};

export type LinkEvents = {
  /** The peer has proven who it is; `link.node` is known from here on. A reason refuses it. */
  ready(link: Link): OwnReason | undefined;
  message(link: Link, bytes: Uint8Array): OwnReason | undefined;
  /** Called once. */
  closed(link: Link, error: LinkError): void;
};

export type LinkOptions = {
  readonly role: Role;
  /** The address that was dialled. */
  readonly url?: string;
};

/** All links fill and seal one record at a time, so they share the place for it. */
const scratch = new Uint8Array(recordBytesMax);

/** Between two looks at a socket that cannot tell when its bytes have left. */
const drainPollMs = 2;

/** One connection from its first byte to its last. Knows nothing of other links. */
export class Link {
  readonly options: LinkOptions;
  readonly openedMs: number;
  bytesIn = 0;
  bytesOut = 0;
  rttMs: number | undefined;
  /** When the peer was proven. */
  readyMs: number | undefined;
  readonly #context: LinkContext;
  readonly #events: LinkEvents;
  readonly #socket: LinkSocket;
  readonly #session: Session;
  readonly #joiner = new Joiner();
  readonly #outbox: Outbox;
  #remote: Remote | undefined;
  #closed = false;
  #opened = false;
  #heardMs: number;
  #pingedMs: number;
  #progressMs: number;
  #flushedThisTurn = false;
  #polling: (() => void) | undefined;

  constructor(context: LinkContext, events: LinkEvents, socket: LinkSocket, options: LinkOptions) {
    this.options = options;
    this.#context = context;
    this.#events = events;
    this.#socket = socket;
    this.#outbox = new Outbox(context.limits);
    this.#session = new Session({ ...context, role: options.role });
    this.openedMs = context.clock.now().monotonicMs;
    this.#heardMs = this.openedMs;
    this.#pingedMs = this.openedMs;
    this.#progressMs = this.openedMs;
    socket.onOpen = () => this.#start();
    socket.onMessage = (bytes) => this.#receive(bytes);
    socket.onClose = (code, reason) => this.#lost(code, reason);
    socket.onDrain = () => this.#flush();
  }

  get node(): NodeId | undefined {
    return this.#remote?.node;
  }

  /** Which process with the key of `node` is at the other end. */
  get processId(): string | undefined {
    return this.#remote?.processId;
  }

  get heardMs(): number {
    return this.#heardMs;
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress;
  }

  get waitingBytes(): number {
    return this.#outbox.waitingBytes + this.#socket.bufferedBytes();
  }

  /** Whose connection it is: the one that a tie break looks at. Only known of a proven link. */
  initiator(self: NodeId): NodeId | undefined {
    return this.options.role === "initiator" ? self : this.node;
  }

  /** False when the message was dropped because too much is waiting. A lone message leaves at once. */
  send(lane: Lane, message: Uint8Array): boolean {
    if (this.#closed || this.#remote === undefined) return false;
    if (this.#outbox.waitingBytes === 0) this.#progressMs = this.#nowMs();
    if (!this.#outbox.push(lane, message)) return false;
    if (!this.#flushedThisTurn) this.#flushAndGather();
    return true;
  }

  close(reason: OwnReason): void {
    if (this.#closed) return;
    this.#end(reason);
    this.#socket.close(closeCodeOf(reason), reason.code);
  }

  /** Called a few times a second: what has to happen because something did not happen. */
  tick(nowMs: number): void {
    const { limits } = this.#context;
    if (this.#closed) return;
    if (this.#remote === undefined) {
      if (nowMs - this.openedMs >= limits.handshakeMs) this.close({ code: "handshake-timeout" });
      return;
    }
    if (this.#session.exhausted) return this.close({ code: "nonces-exhausted" });
    if (nowMs - this.#heardMs >= limits.idleMs) return this.close({ code: "idle" });
    const waitingBytes = this.#outbox.waitingBytes;
    if (waitingBytes > 0 && nowMs - this.#progressMs >= limits.slowMs) {
      return this.close({ code: "slow", waitingBytes });
    }
    if (nowMs - this.#pingedMs >= limits.pingMs) this.#ping(nowMs);
  }

  /** This process itself was stopped for a while: its silence is not the peer's fault. */
  forgive(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#progressMs = nowMs;
  }

  #start(): void {
    this.#opened = true;
    const first = this.#session.start();
    if (!first.ok) return this.close(first.error);
    this.#write(first.value);
  }

  #receive(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#heardMs = this.#nowMs();
    this.bytesIn += frame.length;
    if (this.#remote === undefined) return this.#advanceHandshake(frame);
    const record = this.#session.open(frame);
    if (!record.ok) return this.close(record.error);
    const received = this.#joiner.push(record.value);
    if (!received.ok) return this.close(received.error);
    for (const part of received.value) {
      if (this.#closed) return;
      this.#handle(part);
    }
  }

  #advanceHandshake(frame: Uint8Array): void {
    const step = this.#session.advance(frame);
    if (!step.ok) return this.close(step.error);
    if (step.value.reply !== undefined) this.#write(step.value.reply);
    if (step.value.remote === undefined || this.#closed) return;
    this.#remote = step.value.remote;
    this.readyMs = this.#nowMs();
    const refusal = this.#events.ready(this);
    if (refusal !== undefined) this.close(refusal);
  }

  #handle(received: Received): void {
    switch (received.kind) {
      case "ping":
        this.#outbox.pushProbe("pong", received.bytes);
        return this.#flush();
      case "pong":
        this.rttMs = this.#nowMs() - viewOf(received.bytes).getFloat64(0);
        return;
      case "urgent":
      case "bulk": {
        const problem = this.#events.message(this, received.bytes);
        if (problem !== undefined) this.close(problem);
        return;
      }
    }
  }

  #ping(nowMs: number): void {
    this.#pingedMs = nowMs;
    const bytes = new Uint8Array(8);
    viewOf(bytes).setFloat64(0, nowMs);
    this.#outbox.pushProbe("ping", bytes);
    this.#flush();
  }

  /** The first message of a turn leaves at once; those that follow in the same turn share frames. */
  #flushAndGather(): void {
    this.#flushedThisTurn = true;
    this.#flush();
    queueMicrotask(() => {
      this.#flushedThisTurn = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#remote === undefined) return;
    const { socketBytesMax, bulkSocketBytesMax } = this.#context.limits;
    while (!this.#closed && this.#outbox.hasWork(true)) {
      const buffered = this.#socket.bufferedBytes();
      const withBulk = buffered < bulkSocketBytesMax;
      if (buffered >= socketBytesMax || !this.#outbox.hasWork(withBulk)) {
        return this.#lookAgainSoon();
      }
      if (this.#session.exhausted) return this.close({ code: "nonces-exhausted" });
      const sizeBytes = this.#outbox.moveInto(scratch, withBulk);
      this.#progressMs = this.#nowMs();
      this.#write(this.#session.seal(scratch.subarray(0, sizeBytes)));
    }
  }

  #lookAgainSoon(): void {
    if (this.#polling !== undefined) return;
    this.#polling = this.#context.clock.after(drainPollMs, () => {
      this.#polling = undefined;
      this.#flush();
    });
  }

  #write(frame: Uint8Array): void {
    const taken = this.#socket.send(frame);
    if (taken === false || taken === 0) {
      // A frame that got lost would leave the two nonces apart for good.
      this.close({ code: "slow", waitingBytes: this.waitingBytes });
      return;
    }
    this.bytesOut += frame.length;
  }

  #lost(code: number, reason: string): void {
    if (this.#closed) return;
    const neverOpened = this.options.role === "initiator" && !this.#opened;
    this.#end(
      neverOpened ? { code: "unreachable", reason: reason || "refused" } : closedByPeer(code),
    );
  }

  #end(error: LinkError): void {
    this.#closed = true;
    this.#polling?.();
    this.#events.closed(this, error);
  }

  #nowMs(): number {
    return this.#context.clock.now().monotonicMs;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
