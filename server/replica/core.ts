import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { ConsensusInput } from "@kith/consensus/core/input";
import type { ConsensusState } from "@kith/consensus/core/state";
import { step } from "@kith/consensus/core/step";
import type { NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import type { ClockPort, LinksPort, LogPort } from "./ports.ts";

export type OtherEffect = Exclude<ConsensusEffect, { kind: "persist" | "send" }>;
export type PersistEffect = Extract<ConsensusEffect, { kind: "persist" }>;

type CorePorts = {
  readonly log: Pick<LogPort, "persist">;
  readonly links: Pick<LinksPort, "send">;
  readonly clock: Pick<ClockPort, "now">;
  readonly onPersist: (effect: PersistEffect) => void;
  readonly onEffect: (effect: OtherEffect) => void;
  /** A write is durable: the core is told next. */
  readonly onDurable: () => void;
  /** After all effects of an input, and of the inputs that they caused, are carried out. */
  readonly onIdle: () => void;
};

type HeldMessage = {
  readonly to: NodeId;
  readonly message: ConsensusMessage;
  readonly afterWrite: number;
};

/**
 * Carries out what the pure core asks for, in its order: writes go to the log in order, and a message that depends on
 * a write leaves when the log says that this write survives a power cut. An append without blocks only tells what is
 * final: it waits until everything else of an input is done, and is left out when blocks for the same node follow.
 */
export class Core {
  readonly #ports: CorePorts;
  readonly #inputs: ConsensusInput[] = [];
  #state: ConsensusState;
  #held: HeldMessage[] = [];
  readonly #notices = new Map<NodeId, Extract<ConsensusMessage, { kind: "append" }>>();
  #durableWrite = 0;
  #busy = false;

  constructor(state: ConsensusState, ports: CorePorts) {
    this.#state = state;
    this.#ports = ports;
  }

  get state(): ConsensusState {
    return this.#state;
  }

  feed(input: ConsensusInput): void {
    this.#inputs.push(input);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      const result = step(this.#state, next, this.#ports.clock.now());
      this.#state = result.state;
      for (const effect of result.effects) this.#perform(effect);
      if (this.#inputs.length === 0) this.#ports.onIdle();
      if (this.#inputs.length === 0) this.#sendNotices();
    }
    this.#busy = false;
  }

  #perform(effect: ConsensusEffect): void {
    if (effect.kind === "persist") {
      this.#ports.onPersist(effect);
      this.#ports.log.persist(effect, () => this.#onDurable(effect.write));
    } else if (effect.kind !== "send") {
      this.#ports.onEffect(effect);
    } else if (effect.afterWrite <= this.#durableWrite) {
      this.#send(effect.to, effect.message);
    } else {
      this.#held.push(effect);
    }
  }

  #send(to: NodeId, message: ConsensusMessage): void {
    if (message.kind === "append" && message.blocks.length === 0) {
      this.#notices.set(to, message);
      return;
    }
    if (message.kind === "append" && message.commitNum >= this.#noticedNum(to)) {
      this.#notices.delete(to);
    }
    this.#ports.links.send(to, message);
  }

  #noticedNum(to: NodeId): number {
    return this.#notices.get(to)?.commitNum ?? 0;
  }

  #sendNotices(): void {
    for (const [to, message] of this.#notices) this.#ports.links.send(to, message);
    this.#notices.clear();
  }

  #onDurable(write: number): void {
    this.#durableWrite = write;
    const held = this.#held;
    this.#held = held.filter((one) => one.afterWrite > write);
    for (const one of held) {
      if (one.afterWrite <= write) this.#send(one.to, one.message);
    }
    this.#ports.onDurable();
    this.feed({ kind: "durable", write });
  }
}
