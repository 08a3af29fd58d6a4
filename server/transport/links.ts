import type { BlockId, NodeId } from "@kith/protocol/ids";
import { frameBytesMax } from "@kith/protocol/limits";
import type { NodeMessage, PeerAddress } from "@kith/protocol/node-message";
import { decodeNodeMessage, encodeNodeMessage } from "@kith/protocol/node-messages";

import { AddressBook } from "./address-book.ts";
import { isLoopback, parseAddress } from "./addresses.ts";
import { BanList } from "./ban-list.ts";
import { isMisbehaviour, type LinkError, type OwnReason } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import type { Lane } from "./frames.ts";
import { staticKeyOf, type Identity } from "./identity.ts";
import { defaultLimits, processIdBytes, type LinkLimits } from "./limits.ts";
import { dialWebSocket, type Dial, type LinkSocket } from "./link-socket.ts";
import { Link, type LinkClock, type LinkContext, type LinkOptions } from "./link.ts";
import type { Role } from "./noise/handshake.ts";

export type PeerEvent =
  | { readonly kind: "connected"; readonly node: NodeId; readonly direction: Direction }
  | { readonly kind: "disconnected"; readonly node: NodeId; readonly error: LinkError }
  /** A connection that never became a link; `url` when this node had opened it. */
  | { readonly kind: "failed"; readonly url?: string; readonly error: LinkError };

export type Direction = "inbound" | "outbound";

export type LinksOptions = {
  readonly identity: Identity;
  readonly chainId: BlockId;
  /** Where others reach this node; announced to them. */
  readonly listenUrl?: string;
  /** The operator's addresses of other nodes: always tried again, never forgotten. */
  readonly addresses: readonly string[];
  /** What `remember` was given in the last run. */
  readonly remembered?: readonly PeerAddress[];
  readonly remember?: (addresses: readonly PeerAddress[]) => void;
  readonly onMessage: (from: NodeId, message: NodeMessage) => void;
  readonly onPeer?: (event: PeerEvent) => void;
  readonly clock: LinkClock;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Whether nodes that are no producers may link to this one. True when left out. */
  readonly allowObservers?: boolean;
  readonly limits?: Partial<LinkLimits>;
  readonly dial?: Dial;
};

export type LinkStatus = {
  readonly node: NodeId;
  /** Where the peer can be reached, if known; otherwise where the connection came from. */
  readonly address: string;
  readonly direction: Direction;
  readonly connectedMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly waitingBytes: number;
  readonly rttMs?: number;
  readonly producer: boolean;
};

/** Links to other nodes: encrypted, authenticated, ordered while a connection lives, lossy over reconnects. */
export type Links = {
  /** False when the message was dropped: no link, or too much is waiting. */
  send(to: NodeId, message: NodeMessage): boolean;
  connected(): readonly NodeId[];
  /** Takes over a WebSocket that the HTTP server has upgraded. */
  accept(socket: LinkSocket): void;
  /** Who votes, from chain state: never refused or put aside for others, and always sought. */
  setProducers(producers: readonly NodeId[]): void;
  status(): readonly LinkStatus[];
  /** Where other nodes are, as far as it is certain whose address it is. */
  known(): readonly PeerAddress[];
  close(): void;
};

/** How soon the links look at what did not happen: while something is under way, and while all is quiet. */
const busyTickMs = 100;
const quietTickMs = 1_000;
/** So long without a tick means that this process was stopped, or busy beyond measure. */
const lateTickMs = 3_000;

/** Throws when one of the operator's addresses is none. */
export function openLinks(options: LinksOptions): Links {
  const manager = new LinkManager(options);
  manager.start();
  return manager;
}

class LinkManager implements Links {
  readonly #options: LinksOptions;
  readonly #limits: LinkLimits;
  readonly #context: LinkContext;
  readonly #self: NodeId;
  readonly #book: AddressBook;
  readonly #bans: BanList;
  readonly #exchange: Exchange;
  /** Everything open, proven or not. */
  readonly #links = new Set<Link>();
  /** The one link of each peer. */
  readonly #current = new Map<NodeId, Link>();
  #producers: ReadonlySet<NodeId> = new Set();
  #lastTickMs: number;
  #nextTickMs = Infinity;
  #cancelTick: () => void = () => undefined;
  #closed = false;

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#self = options.identity.nodeId;
    const { identity, chainId, clock, randomBytes } = options;
    this.#context = {
      identity,
      staticKey: staticKeyOf(identity),
      processId: randomBytes(processIdBytes),
      chainId,
      clock,
      randomBytes,
      limits: this.#limits,
    };
    const listenUrl = options.listenUrl === undefined ? undefined : checked(options.listenUrl);
    const addresses = options.addresses.map(checked);
    const own = listenUrl === undefined ? addresses : [listenUrl, ...addresses];
    const random = (): number => (randomBytes(1)[0] ?? 0) / 256;
    this.#book = new AddressBook({
      self: this.#self,
      limits: this.#limits,
      takesLoopback: own.some(isLoopback),
      random,
    });
    for (const url of addresses) if (url !== listenUrl) this.#book.configure(url);
    for (const address of options.remembered ?? []) this.#book.learn(address, undefined);
    this.#bans = new BanList(this.#limits);
    this.#exchange = new Exchange({
      book: this.#book,
      limits: this.#limits,
      ...(listenUrl === undefined ? {} : { own: { node: this.#self, url: listenUrl } }),
      ...(options.remember === undefined ? {} : { remember: options.remember }),
    });
    this.#lastTickMs = this.#nowMs();
  }

  start(): void {
    this.#dialDue(this.#nowMs());
    this.#tickWithin(busyTickMs);
  }

  send(to: NodeId, message: NodeMessage): boolean {
    const link = this.#current.get(to);
    if (link === undefined) return false;
    const bytes = encoded(message);
    return bytes.length <= frameBytesMax && link.send(laneOf(message), bytes);
  }

  connected(): readonly NodeId[] {
    return [...this.#current.keys()];
  }

  accept(socket: LinkSocket): void {
    const link = this.#open(socket, { role: "responder" });
    if (this.#closed) return link.close({ code: "closing" });
    const unproven = [...this.#links].filter(
      ({ node, options }) => node === undefined && options.role === "responder",
    );
    // The oldest gives way: a crowd that says nothing cannot keep out those who do.
    if (unproven.length > this.#limits.unprovenMax) unproven[0]?.close({ code: "links-full" });
  }

  setProducers(producers: readonly NodeId[]): void {
    this.#producers = new Set(producers);
    for (const [node, link] of this.#current) {
      const refusal = this.#refusalOf(link, node);
      if (refusal?.code === "observers-refused") link.close(refusal);
    }
  }

  status(): readonly LinkStatus[] {
    const nowMs = this.#nowMs();
    return [...this.#current].map(([node, link]) => ({
      node,
      address: link.options.url ?? this.#book.addressOf(node) ?? link.remoteAddress,
      direction: directionOf(link.options.role),
      connectedMs: nowMs - (link.readyMs ?? nowMs),
      bytesIn: link.bytesIn,
      bytesOut: link.bytesOut,
      waitingBytes: link.waitingBytes,
      ...(link.rttMs === undefined ? {} : { rttMs: link.rttMs }),
      producer: this.#producers.has(node),
    }));
  }

  known(): readonly PeerAddress[] {
    return this.#book.certain();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTick();
    for (const link of this.#links) link.close({ code: "closing" });
  }

  #open(socket: LinkSocket, options: LinkOptions): Link {
    const link = new Link(
      this.#context,
      {
        ready: (ready) => this.#ready(ready),
        message: (from, bytes) => this.#message(from, bytes),
        closed: (closed, error) => this.#ended(closed, error),
      },
      socket,
      options,
    );
    this.#links.add(link);
    this.#tickWithin(busyTickMs);
    return link;
  }

  #ready(link: Link): OwnReason | undefined {
    const { node } = link;
    if (node === undefined) throw new Error("a link is ready only with a proven node");
    const { url } = link.options;
    if (node === this.#self) {
      if (url !== undefined) this.#book.forgetSelf(url);
      return { code: "self" };
    }
    const news = url !== undefined && this.#book.prove(url, node);
    if (news) this.#exchange.touch();
    const refusal = this.#refusalOf(link, node);
    if (refusal !== undefined) return refusal;
    const existing = this.#current.get(node);
    if (existing !== undefined && this.#isAnotherProcess(existing, link)) {
      return { code: "key-in-use", node };
    }
    if (existing !== undefined && this.#prefersExisting(existing, link)) {
      return { code: "duplicate", node };
    }
    this.#current.set(node, link);
    existing?.close({ code: "duplicate", node });
    if (existing === undefined) {
      const direction = directionOf(link.options.role);
      this.#options.onPeer?.({ kind: "connected", node, direction });
    }
    this.#exchange.greet(link, this.#nowMs());
    return undefined;
  }

  /**
   * Two nodes that dial each other at once keep the connection of the smaller node id, and both ends see it so.
   * A link that is older than any handshake is no such case: its peer has lost it and opens another.
   */
  #prefersExisting(existing: Link, link: Link): boolean {
    const ageMs = this.#nowMs() - (existing.readyMs ?? 0);
    if (ageMs >= this.#limits.handshakeMs) return false;
    const [old, fresh] = [existing.initiator(this.#self), link.initiator(this.#self)];
    return old !== undefined && fresh !== undefined && old < fresh;
  }

  /**
   * Two processes with one key could say different things in one node's name. The later one gets no link while the earlier lives; one that
   * was started again waits at most until the link of its former life is known to be dead.
   */
  #isAnotherProcess(existing: Link, link: Link): boolean {
    const silentMs = this.#nowMs() - existing.heardMs;
    return existing.processId !== link.processId && silentMs < this.#limits.keyInUseMs;
  }

  #refusalOf(link: Link, node: NodeId): OwnReason | undefined {
    if (this.#bans.isBanned(node, this.#nowMs())) return { code: "banned", node };
    if (this.#producers.has(node)) return undefined;
    const inbound = link.options.role === "responder";
    if (!this.#allowsObservers() && (inbound || this.#producers.has(this.#self))) {
      return { code: "observers-refused", node };
    }
    if (!inbound) return undefined;
    const observers = [...this.#current].filter(
      ([other, { options }]) =>
        other !== node && options.role === "responder" && !this.#producers.has(other),
    );
    return observers.length >= this.#limits.observersMax ? { code: "links-full" } : undefined;
  }

  /** Who is a producer is only known once there is chain state; until then everybody may be one. */
  #allowsObservers(): boolean {
    return this.#options.allowObservers !== false || this.#producers.size === 0;
  }

  #message(link: Link, bytes: Uint8Array): OwnReason | undefined {
    const { node } = link;
    const message = decodeNodeMessage(bytes);
    if (!message.ok) return { code: "message-malformed", reason: message.error.code };
    if (node === undefined || this.#closed) return undefined;
    if (message.value.kind === "peers") {
      this.#exchange.take(link, message.value.addresses, this.#nowMs());
      if (this.#exchange.hasNews) this.#tickWithin(busyTickMs);
    } else {
      this.#options.onMessage(node, message.value);
    }
    return undefined;
  }

  #ended(link: Link, error: LinkError): void {
    const nowMs = this.#nowMs();
    this.#links.delete(link);
    this.#tickWithin(busyTickMs);
    this.#exchange.forget(link);
    const { node } = link;
    const { url } = link.options;
    if (node !== undefined && isMisbehaviour(error)) this.#bans.ban(node, nowMs);
    const livedMs = link.readyMs === undefined ? 0 : nowMs - link.readyMs;
    const stillLinked =
      node !== undefined && this.#current.get(node) !== link && this.#current.has(node);
    if (url !== undefined) {
      this.#book.ended(url, stillLinked || livedMs >= this.#limits.stableMs, nowMs);
    }
    if (node !== undefined && this.#current.get(node) === link) {
      this.#current.delete(node);
      this.#options.onPeer?.({ kind: "disconnected", node, error });
    } else if (!stillLinked || error.code === "key-in-use") {
      this.#options.onPeer?.({ kind: "failed", ...(url === undefined ? {} : { url }), error });
    }
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    const late = nowMs - this.#lastTickMs >= lateTickMs;
    this.#lastTickMs = nowMs;
    for (const link of this.#links) {
      if (late) link.forgive(nowMs);
      link.tick(nowMs);
    }
    this.#exchange.tick(this.#current.values(), nowMs);
    this.#dialDue(nowMs);
    this.#nextTickMs = Infinity;
    const quiet = this.#links.size === this.#current.size && !this.#exchange.hasNews;
    const waitMs = quiet ? this.#book.nextDialMs((node) => this.#current.has(node)) - nowMs : 0;
    this.#tickWithin(Math.max(busyTickMs, Math.min(quietTickMs, waitMs)));
  }

  /** Sees to it that the next tick is no later than this: an idle node should wake up seldom. */
  #tickWithin(delayMs: number): void {
    const atMs = this.#nowMs() + delayMs;
    if (this.#closed || this.#nextTickMs <= atMs) return;
    this.#cancelTick();
    this.#nextTickMs = atMs;
    this.#cancelTick = this.#options.clock.after(delayMs, () => this.#tick());
  }

  #dialDue(nowMs: number): void {
    const selfVotes = this.#producers.has(this.#self);
    const onlyProducers = selfVotes && !this.#allowsObservers();
    const seeking = new Set<string>();
    for (const link of this.#links) seeking.add(link.node ?? link.options.url ?? "unproven");
    for (const entry of this.#book.due(nowMs)) {
      const { node, url, worth } = entry;
      if (node !== undefined && (seeking.has(node) || this.#bans.isBanned(node, nowMs))) continue;
      if (onlyProducers && node !== undefined && !this.#producers.has(node)) continue;
      const wanted =
        worth === "configured" ||
        (selfVotes && node !== undefined && this.#producers.has(node)) ||
        seeking.size < this.#limits.outboundTarget;
      if (!wanted) continue;
      entry.dialing = true;
      seeking.add(node ?? url);
      this.#open((this.#options.dial ?? dialWebSocket)(url), { role: "initiator", url });
    }
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs;
  }
}

function directionOf(role: Role): Direction {
  return role === "initiator" ? "outbound" : "inbound";
}

/** Answers to requests for bulk wait behind everything that consensus depends on. */
function laneOf(message: NodeMessage): Lane {
  const { kind } = message;
  // A chain without a certificate is what a term waits for.
  if (kind === "chain-response") return message.certificate === undefined ? "urgent" : "bulk";
  const isBulk =
    kind === "blocks-response" || kind === "snapshot-chunk" || kind === "manifest-part";
  return isBulk ? "bulk" : "urgent";
}

const encodedByMessage = new WeakMap<NodeMessage, Uint8Array>();

/** A message for several peers is encoded once. Messages are values: nobody changes one after sending it. */
function encoded(message: NodeMessage): Uint8Array {
  const known = encodedByMessage.get(message);
  if (known !== undefined) return known;
  const bytes = encodeNodeMessage(message);
  encodedByMessage.set(message, bytes);
  return bytes;
}

function checked(text: string): string {
  const address = parseAddress(text);
  if (!address.ok) throw new RangeError(`${text} is no address of a node: ${address.error.code}`);
  return address.value;
}
