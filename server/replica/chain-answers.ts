import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { answerChainRequest, type ChainAnswer, type ChainSources } from "./chain-response.ts";
import { chainAgainMsMax, chainAgainMsMin, chainFlightBytesMax, chainPartBytes } from "./limits.ts";
import type { ClockPort, LinksPort } from "./ports.ts";

type ChainPorts = {
  readonly sources: ChainSources;
  readonly links: Pick<LinksPort, "send">;
  readonly clock: Pick<ClockPort, "now">;
};

/** What was sent to one node and is not known to have been taken. */
type Flight = {
  /** Where the node was when it asked last. */
  after: BlockNum;
  readonly parts: Part[];
  /** How much may be on its way: doubles with each question that shows that something has arrived. */
  bytesMax: number;
  /** When it was last farther than before, or was sent everything anew. */
  sinceMs: number;
  /** How long it may stay where it is before it is. */
  againMs: number;
};

type Part = { readonly lastNum: BlockNum; readonly bytes: number };

/** What came of a question: `undefined` when all that could be said is on its way. */
type Refusal = Exclude<ChainAnswer, { readonly kind: "message" }> | undefined;

/**
 * Nodes that are behind ask from where they are, again and again. Each gets several parts ahead of what it has taken, so that a
 * long line is full, and none of them twice: a question says what has arrived (decision 0154).
 */
export class ChainAnswers {
  readonly #ports: ChainPorts;
  readonly #flights = new Map<NodeId, Flight>();

  constructor(ports: ChainPorts) {
    this.#ports = ports;
  }

  answer(to: NodeId, after: BlockNum, proved?: BlockNum): Refusal {
    const flight = this.#flightOf(to, after);
    let bytes = flight.parts.reduce((sum, part) => sum + part.bytes, 0);
    while (bytes === 0 || bytes + chainPartBytes <= flight.bytesMax) {
      const from = flight.parts.at(-1)?.lastNum ?? after;
      const isFirst = from === after;
      const answer = answerChainRequest(this.#ports.sources, from, isFirst ? proved : undefined);
      if (answer.kind !== "message") return isFirst ? answer : undefined;
      const { message } = answer;
      if (!this.#ports.links.send(to, message)) return undefined;
      const part = partOf(message);
      // What only the receiver can prove is open, and may change.
      if (part === undefined || message.certificate === undefined) return undefined;
      flight.parts.push(part);
      bytes += part.bytes;
    }
    return undefined;
  }

  /** What was on a link is gone with it. */
  keepOnly(linked: ReadonlySet<NodeId>): void {
    for (const node of this.#flights.keys()) if (!linked.has(node)) this.#flights.delete(node);
  }

  #flightOf(to: NodeId, after: BlockNum): Flight {
    const nowMs = this.#ports.clock.now().monotonicMs;
    const known = this.#flights.get(to);
    const flight = known ?? newFlight(after, nowMs);
    this.#flights.set(to, flight);
    if (after > flight.after) {
      flight.bytesMax = Math.min(chainFlightBytesMax, flight.bytesMax * 2);
      flight.againMs = chainAgainMsMin;
      flight.sinceMs = nowMs;
    } else if (after < flight.after) {
      // It was started anew.
      flight.parts.length = 0;
    } else if (flight.parts.length > 0 && nowMs - flight.sinceMs >= flight.againMs) {
      // What it was sent did not help, or its line is slow.
      flight.parts.length = 0;
      flight.bytesMax = chainPartBytes;
      flight.againMs = Math.min(chainAgainMsMax, flight.againMs * 2);
      flight.sinceMs = nowMs;
    }
    if (flight.parts.length === 0) flight.sinceMs = nowMs;
    flight.after = after;
    while ((flight.parts[0]?.lastNum ?? after + 1) <= after) flight.parts.shift();
    return flight;
  }
}

function newFlight(after: BlockNum, nowMs: number): Flight {
  const parts: Part[] = [];
  return { after, parts, bytesMax: chainPartBytes, sinceMs: nowMs, againMs: chainAgainMsMin };
}

function partOf({ blocks }: Extract<NodeMessage, { kind: "chain-response" }>): Part | undefined {
  const last = blocks.at(-1);
  if (last === undefined) return undefined;
  const bytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
  return { lastNum: last.header.blockNum, bytes };
}
