import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { networkOfAddress } from "./address.ts";
import { ChangeLog } from "./change-log.ts";
import type { ChangeSource, Clock, ExecutedBlock } from "./change-source.ts";
import { ChangeStream, type LivePart } from "./change-stream.ts";
import { resolveInterests, type Interest, type InterestError, type Wanted } from "./interest.ts";
import {
  heartbeatMs,
  liveQueriesMax,
  streamsMax,
  streamsOfAddressMax,
  wakesOfStretchMax,
} from "./limits.ts";
import { LiveQueries } from "./live-queries.ts";
import type { Position } from "./position.ts";
import { RowTexts } from "./row-texts.ts";

export type ListenRequest = {
  readonly service: AccountName;
  /** As the client names them: services see them in live queries. */
  readonly host: string;
  readonly rootHost: string;
  /** Who listens, where that is proved: live queries are asked in this name. */
  readonly user?: AccountName | undefined;
  readonly wanted: readonly Wanted[];
  readonly since: Position | undefined;
  /** Of the other end, where it is known. */
  readonly address: string | undefined;
};

/** Why nobody is listened to. */
export type ListenError =
  | InterestError
  | { readonly code: "network-not-started" }
  | { readonly code: "streams-exhausted"; readonly max: number }
  | { readonly code: "streams-of-address-exhausted"; readonly max: number }
  | { readonly code: "live-queries-exhausted"; readonly max: number };

export type HubMetrics = { readonly streams: number; readonly liveQueries: number };

export type HubParts = {
  readonly source: ChangeSource;
  readonly clock: Clock;
  /** Told of a fault of this program that an answer met. */
  readonly onFault: (fault: unknown) => void;
};

/** Tells listeners what blocks change. While nobody listens it does nothing. */
export class ChangeHub {
  private readonly source: ChangeSource;
  private readonly clock: Clock;
  private readonly onFault: (fault: unknown) => void;
  private readonly log = new ChangeLog();
  private readonly texts: RowTexts;
  private readonly live: LiveQueries;
  private readonly streams = new Map<AccountName, Set<ChangeStream>>();
  private readonly ofAddress = new Map<string, number>();
  private readonly stopListening: () => void;
  private callOff: (() => void) | undefined;
  /** Streams that a block has something for. */
  private readonly waking = new Set<ChangeStream>();
  private callOffWaking: (() => void) | undefined;
  private lastNum: number;
  private count = 0;
  private isClosed = false;

  constructor({ source, clock, onFault }: HubParts) {
    this.source = source;
    this.onFault = onFault;
    this.clock = clock;
    this.lastNum = source.headNum() ?? 0;
    this.texts = new RowTexts(source.rows);
    this.live = new LiveQueries(source, clock, onFault);
    this.stopListening = source.onBlock((block) => this.onBlock(block));
  }

  /** The stream has to be read or closed: one that nobody takes from ends after a while. */
  open(request: ListenRequest): Result<ChangeStream, ListenError> {
    const { service, wanted } = request;
    const refused = this.refusal(request);
    if (refused !== undefined) return err(refused);
    const definition = this.source.definition(service);
    if (definition === undefined) return err({ code: "service-unknown", service });
    const interests = resolveInterests(definition, wanted, request);
    if (!interests.ok) return interests;
    const known = (each: Interest): boolean =>
      each.kind !== "live" || this.live.has(each.service ?? service, each);
    const added = interests.value.filter((each) => !known(each)).length;
    if (this.live.size + added > liveQueriesMax) {
      return err({ code: "live-queries-exhausted", max: liveQueriesMax });
    }
    return ok(this.start(request, definition, interests.value));
  }

  metrics(): HubMetrics {
    return { streams: this.count, liveQueries: this.live.size };
  }

  /** Ends every stream, and hears of no block any more. */
  close(): void {
    this.isClosed = true;
    this.stopListening();
    this.callOff?.();
    this.callOffWaking?.();
    this.waking.clear();
    for (const streams of this.streams.values()) {
      for (const stream of streams) stream.close();
    }
    this.live.close();
  }

  private refusal({ address }: ListenRequest): ListenError | undefined {
    if (this.source.headNum() === undefined || this.isClosed) {
      return { code: "network-not-started" };
    }
    if (this.count >= streamsMax) return { code: "streams-exhausted", max: streamsMax };
    const network = networkOfAddress(address);
    if (network === undefined || (this.ofAddress.get(network) ?? 0) < streamsOfAddressMax) {
      return undefined;
    }
    return { code: "streams-of-address-exhausted", max: streamsOfAddressMax };
  }

  private start(
    request: ListenRequest,
    definition: ServiceDefinition,
    interests: readonly Interest[],
  ): ChangeStream {
    const { service, since, address } = request;
    const network = networkOfAddress(address);
    const headNum = (): number => this.source.headNum() ?? 0;
    const nowMs = (): number => this.clock.nowMs();
    const log = this.log.join(service, headNum());
    const wake = (): void => stream.wake();
    const { texts, onFault } = this;
    const others = new Map(
      othersIn(interests).map((each) => [each, this.source.definition(each)] as const),
    );
    const parts = { service, definition, others, interests, log, texts, headNum, nowMs, onFault };
    const stream = new ChangeStream(parts, since, () => {
      for (const { query } of stream.liveQueries) this.live.leave(query, wake);
      this.log.leave(service, nowMs());
      this.forget(stream, service, network);
    });
    stream.listenTo(this.join(service, interests, wake));
    const streams = this.streams.get(service) ?? new Set();
    this.streams.set(service, streams.add(stream));
    if (network !== undefined) {
      this.ofAddress.set(network, (this.ofAddress.get(network) ?? 0) + 1);
    }
    this.count++;
    this.tickLater();
    return stream;
  }

  private join(
    service: AccountName,
    interests: readonly Interest[],
    wake: () => void,
  ): readonly LivePart[] {
    const parts: LivePart[] = [];
    for (const [of, interest] of interests.entries()) {
      if (interest.kind !== "live") continue;
      parts.push({ of, query: this.live.join(interest.service ?? service, interest, wake) });
    }
    return parts;
  }

  private forget(stream: ChangeStream, service: AccountName, network: string | undefined): void {
    const streams = this.streams.get(service);
    this.waking.delete(stream);
    streams?.delete(stream);
    if (streams?.size === 0) this.streams.delete(service);
    this.count--;
    if (network === undefined) return;
    const left = (this.ofAddress.get(network) ?? 1) - 1;
    if (left > 0) this.ofAddress.set(network, left);
    else this.ofAddress.delete(network);
  }

  private onBlock(block: ExecutedBlock): void {
    // A snapshot took the place of the blocks between: everything may have changed.
    const isGap = block.num !== this.lastNum + 1;
    this.lastNum = block.num;
    if (this.log.isEmpty) return;
    this.texts.clear();
    if (block.codeChanged) this.closeOutdated();
    if (isGap) this.log.restart(block.num);
    const touched = isGap ? this.streams.keys() : this.log.add(block);
    this.live.onBlock(block, isGap);
    for (const service of touched) {
      for (const stream of this.streams.get(service) ?? []) this.waking.add(stream);
    }
    this.wakeLater();
  }

  /** Not in the middle of a block, and not all at once. */
  private wakeLater(): void {
    if (this.waking.size === 0 || this.callOffWaking !== undefined) return;
    this.callOffWaking = this.clock.after(0, () => {
      this.callOffWaking = undefined;
      let count = 0;
      for (const stream of this.waking) {
        this.waking.delete(stream);
        stream.wake();
        if (++count >= wakesOfStretchMax) break;
      }
      this.wakeLater();
    });
  }

  /** A service that is not what it was when a listener named its tables is listened to anew. */
  private closeOutdated(): void {
    for (const streams of this.streams.values()) {
      for (const stream of streams) {
        const isOutdated = [...stream.definitions].some(
          ([service, was]) => !isSame(was, this.source.definition(service)),
        );
        if (isOutdated) stream.close();
      }
    }
  }

  private tickLater(): void {
    this.callOff ??= this.clock.after(heartbeatMs / 3, () => {
      this.callOff = undefined;
      for (const streams of this.streams.values()) {
        for (const stream of streams) stream.tick();
      }
      this.log.forgetIdle(this.clock.nowMs());
      if (!this.log.isEmpty) this.tickLater();
    });
  }
}

/** Services beside the one that is listened to. */
function othersIn(interests: readonly Interest[]): readonly AccountName[] {
  return interests.flatMap((each) =>
    each.kind === "live" && each.service !== undefined ? [each.service] : [],
  );
}

function isSame(was: ServiceDefinition | undefined, is: ServiceDefinition | undefined): boolean {
  if (was === is) return true;
  return was?.schema === is?.schema && JSON.stringify(was?.tables) === JSON.stringify(is?.tables);
}
