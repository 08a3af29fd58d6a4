import type { ConsensusInput } from "@kith/consensus/core/input";
import { blockNumOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import type { Cluster } from "./cluster.ts";
import type { Member } from "./member.ts";

type Append = Extract<ConsensusMessage, { kind: "append" }>;
type Send = { readonly to: Parameters<Cluster["nameOf"]>[0]; readonly message: ConsensusMessage };

/**
 * The scripts assume a node that sends appends only when its message timeout has passed, and then one to each peer.
 * Kith's core sends at once, so its appends wait here for the sender's next heartbeat and travel merged with it.
 */
export class Postman {
  readonly #held: Map<string, Append[]> = new Map();
  readonly #greeted: Set<string> = new Set();
  /** What a leader that its own change removed asks of its successor; kept until the script retires it. */
  readonly #handOvers: Map<string, { to: string; message: ConsensusMessage }> = new Map();
  /** Whether the script later retires this node by `cleanup_nodes`. */
  retiresLater: (name: string) => boolean = () => false;
  /** False when the message waits. */
  accept(cluster: Cluster, from: Member, send: Send, cause: ConsensusInput): boolean {
    const { message } = send;
    const to = cluster.nameOf(send.to);
    if (message.kind === "timeout-now" && from.state.role === "observer") {
      if (!this.retiresLater(from.name)) return true;
      this.#handOvers.set(from.name, { to, message });
      return false;
    }
    if (message.kind !== "append" || from.state.role !== "leader") return true;
    const path = `${from.name}>${to}`;
    const greeting = `${path} in ${message.term}`;
    if (!this.#greeted.has(greeting)) {
      this.#greeted.add(greeting);
      return true;
    }
    const held = this.#held.get(path) ?? [];
    this.#held.set(path, [...held, message]);
    if (cause.kind === "tick") this.#flush(cluster, from, to);
    return false;
  }

  /** The retired leader's successor takes over. */
  handOver(cluster: Cluster, name: string): void {
    const letter = this.#handOvers.get(name);
    if (letter !== undefined) cluster.post(name, letter);
    this.#handOvers.delete(name);
  }

  #flush(cluster: Cluster, from: Member, to: string): void {
    const path = `${from.name}>${to}`;
    const appends = (this.#held.get(path) ?? []).filter(({ term }) => term === from.state.term);
    this.#held.delete(path);
    for (const message of merged(appends)) cluster.post(from.name, { to, message });
  }
}

/** Appends that follow each other say the same as one. The scripts' appends hold entries of one term. */
function merged(appends: readonly Append[]): readonly Append[] {
  const result: Append[] = [];
  for (const append of appends.flatMap(splitByTerm)) {
    const last = result.at(-1);
    if (last === undefined || !continues(last, append)) {
      result.push(append);
      continue;
    }
    const blocks = [...last.blocks, ...append.blocks];
    const { previousNum, previousId } = last;
    result.splice(-1, 1, { ...append, previousNum, previousId, blocks });
  }
  return result;
}

function continues(first: Append, second: Append): boolean {
  if (first.previousNum + first.blocks.length !== second.previousNum) return false;
  const [a, b] = [first.blocks.at(-1), second.blocks[0]];
  return a === undefined || b === undefined || a.header.term === b.header.term;
}

function splitByTerm(append: Append): readonly Append[] {
  const parts: Append[] = [];
  for (const block of append.blocks) {
    const last = parts.at(-1);
    if (last !== undefined && last.blocks.at(-1)?.header.term === block.header.term) {
      parts.splice(-1, 1, { ...last, blocks: [...last.blocks, block] });
      continue;
    }
    const previousNum = blockNumOf(block.header.blockNum - 1);
    parts.push({ ...append, previousNum, previousId: block.header.previous, blocks: [block] });
  }
  return parts.length === 0 ? [append] : parts;
}
