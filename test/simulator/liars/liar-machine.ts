import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import type { Dice } from "../dice.ts";
import { Pen } from "../forgery.ts";
import type { Machine, MachinePorts, MachineStatus, Outcome } from "../machine.ts";
import { reach } from "../marks.ts";
import type { Plot } from "./plot.ts";
import type { SecretLog } from "./secret-log.ts";
import { Tongue } from "./tongue.ts";

type LiarParts = {
  readonly dice: Dice;
  readonly plot: Plot;
  /** Two honest programs with the same key, each with a disk of its own. */
  readonly boots: readonly [Boot, Boot];
};

type Boot = (ports: MachinePorts) => Machine;
type Twin = "left" | "right";

const moodMsMean = 3_000;

/**
 * A node that owns a key and keeps no rule: honest programs behind a tongue that tells each of the others what it likes. As twins, both
 * are awake, each with those of the others that the plot gives to it; otherwise the second sleeps, and wakes up with an old memory.
 */
export class LiarMachine implements Machine {
  readonly #ports: MachinePorts;
  readonly #parts: LiarParts;
  readonly #tongue: Tongue;
  readonly #left: Machine;
  readonly #right: Machine;

  constructor(ports: MachinePorts, parts: LiarParts, logs: readonly [SecretLog, SecretLog]) {
    const { dice, plot, boots } = parts;
    const { links, clock } = ports;
    this.#ports = ports;
    this.#parts = parts;
    this.#tongue = new Tongue({
      dice,
      plot,
      pen: new Pen(plot.genesis.id, ports.self),
      send: (to, message) => links.send(to, message),
      after: (delayMs, run) => clock.after(delayMs, run),
    });
    this.#left = boots[0](this.#portsOf("left", logs[0]));
    this.#right = boots[1](this.#portsOf("right", logs[1]));
    this.#changeMoodLater();
  }

  receive(from: NodeId, message: NodeMessage): void {
    this.#tongue.hear(from, message);
    if (this.#talksTo("left", from)) this.#left.receive(from, message);
    if (this.#talksTo("right", from)) this.#right.receive(from, message);
  }

  submit(transaction: Uint8Array, done: (outcome: Outcome) => void): void {
    this.#left.submit(transaction, done);
  }

  readIndex(done: (num: number | undefined) => void): void {
    this.#left.readIndex(done);
  }

  transfer(to: NodeId): void {
    this.#left.transfer(to);
  }

  onPeersChanged(): void {
    this.#left.onPeersChanged();
    this.#right.onPeersChanged();
  }

  status(): MachineStatus {
    return this.#left.status();
  }

  #changeMoodLater(): void {
    const { dice, plot } = this.#parts;
    this.#ports.clock.after(1 + dice.exponential(moodMsMean), () => {
      this.#tongue.mood = plot.nextMood();
      if (plot.splits.rounds > 0) reach(plot.marks, "liar-all-splits");
      this.#changeMoodLater();
    });
  }

  #portsOf(twin: Twin, log: SecretLog): MachinePorts {
    const { links } = this.#ports;
    return {
      ...this.#ports,
      log,
      links: {
        send: (to, message) => this.#say(twin, to, message),
        connected: () => links.connected(),
      },
      onExecuted: () => undefined,
      onEvidence: () => undefined,
    };
  }

  #say(twin: Twin, to: NodeId, message: NodeMessage): boolean {
    if (!this.#talksTo(twin, to)) return true;
    if (twin === "right") reach(this.#parts.plot.marks, "liar-twins");
    return this.#tongue.say(to, message);
  }

  #talksTo(twin: Twin, node: NodeId): boolean {
    if (!this.#tongue.mood.vices.has("twins")) return twin === "left";
    const side = this.#parts.plot.splits.sideOf(node);
    return side === twin || side === "both";
  }
}
