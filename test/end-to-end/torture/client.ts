import type { Signed } from "@kith/sdk/transaction";

import type { Dice } from "../../simulator/dice.ts";
import type { NodeAddress } from "../http-client.ts";
import type { Person, Reference } from "../transactions.ts";
import { fetchReference, prepare, push, readThere } from "./exchange.ts";
import { isRead, type History, type Outcome, type Recorded } from "./history.ts";
import { isListName, type ObjectPool, type Wanted } from "./object-pool.ts";
import type { Call } from "./objects.ts";

export type ClientPorts = {
  readonly who: Person;
  readonly nodes: readonly NodeAddress[];
  readonly dice: Dice;
  readonly pool: ObjectPool;
  readonly history: History;
};

/** How long a client waits for one answer: seldom so short that it often comes too late. */
const patienceMs = { low: 600, high: 3_000 } as const;
const impatienceMs = { low: 20, high: 500 } as const;
const impatientShare = 0.08;
/** One write in so many is sent once; the others again and again, the same bytes to whichever node. */
const onceShare = 0.25;
const attemptsMax = 6;
const betweenAttemptsMs = 60;
const thinkMsMax = 40;
const sqlShare = 0.2;
const readByTransactionShare = 0.2;
const transactionsPerReference = 40;

/** Does one operation after the other, each at any node, and records what it was told. */
export class Client {
  readonly #ports: ClientPorts;
  #reference: { readonly value: Reference; uses: number } | undefined;
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(ports: ClientPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends after the operation under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { dice, pool } = this.#ports;
    while (!this.#isStopping) {
      const wanted = pool.draw(dice);
      const byTransaction = !isRead(wanted.call) || dice.chance(readByTransactionShare);
      await (byTransaction ? this.#transact(wanted) : this.#read(wanted));
      await pause(dice.float() * thinkMsMax);
    }
  }

  async #read({ object, call }: Wanted): Promise<void> {
    const { dice, nodes, who } = this.#ports;
    const usual = isListName(object) ? "items" : "value";
    const query = usual === "value" && dice.chance(sqlShare) ? "valueBySql" : usual;
    const calledMs = performance.now();
    const outcome = await readThere(dice.pick(nodes), {
      object,
      query,
      withinMs: dice.between(patienceMs.low, patienceMs.high),
    });
    const endedMs = performance.now();
    this.#record({ client: who.name, object, call, calledMs, endedMs, outcome });
  }

  async #transact({ object, call }: Wanted): Promise<void> {
    const { dice, nodes, who } = this.#ports;
    const reference = await this.#nextReference();
    if (reference === undefined) return pause(betweenAttemptsMs);
    const transaction = prepare(who, reference, { object, call });
    const attempts = dice.chance(onceShare) ? 1 : attemptsMax;
    const calledMs = performance.now();
    let outcome: Outcome = { kind: "failed", code: "not-sent" };
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(betweenAttemptsMs);
      outcome = both(outcome, await this.#push(dice.pick(nodes), transaction, call));
      if (outcome.kind === "answered") break;
    }
    const endedMs = performance.now();
    this.#record({ client: who.name, object, call, transaction, calledMs, endedMs, outcome });
  }

  #push(node: NodeAddress, transaction: Signed, call: Call): Promise<Outcome> {
    const { dice } = this.#ports;
    const { low, high } = dice.chance(impatientShare) ? impatienceMs : patienceMs;
    return push(node, transaction, { call, withinMs: dice.between(low, high) });
  }

  async #nextReference(): Promise<Reference | undefined> {
    const { dice, nodes } = this.#ports;
    if (this.#reference === undefined || this.#reference.uses >= transactionsPerReference) {
      const value = await fetchReference(dice.pick(nodes));
      if (value !== undefined) this.#reference = { value, uses: 0 };
    }
    if (this.#reference === undefined) return undefined;
    this.#reference.uses++;
    return this.#reference.value;
  }

  #record(recorded: Recorded): void {
    const { history, pool } = this.#ports;
    history.add(recorded);
    const { object, call, outcome } = recorded;
    if (outcome.kind !== "answered") return;
    if (call.kind === "set" || call.kind === "swap") pool.saw(object, call.value);
    if (outcome.answer.kind === "value") pool.saw(object, outcome.answer.value);
  }
}

/** What is known after one attempt and another one with the same bytes. */
function both(before: Outcome, after: Outcome): Outcome {
  if (after.kind === "failed" && before.kind === "unknown") return before;
  return after;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
