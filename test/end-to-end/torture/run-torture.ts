import { join } from "node:path";

import { bundleService } from "@kith/packaging/bundle-service";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import { diceFor } from "../../simulator/dice.ts";
import { settleMs } from "../cluster.ts";
import { creation, person, sendDone, type Person } from "../transactions.ts";
import { until } from "../until.ts";
import { Client } from "./client.ts";
import { fetchReference, prepare, push } from "./exchange.ts";
import { History, isRead } from "./history.ts";
import { Nemesis, type FaultName } from "./nemesis.ts";
import { ObjectPool } from "./object-pool.ts";
import type { Call } from "./objects.ts";
import { app } from "./service.ts";
import { TortureNetwork, type NetworkOptions } from "./torture-network.ts";
import { checkOrder, checkTransactions, readAll } from "./verify.ts";

export type TortureOptions = NetworkOptions & {
  readonly seed: number;
  /** Told of everything that happens. */
  readonly trace: (line: string) => void;
};

export type Round = {
  /** Everything that is not as it should be; empty when all is well. */
  readonly wrong: readonly string[];
  readonly faults: ReadonlyMap<FaultName, number>;
  readonly operations: Readonly<Record<string, number>>;
  readonly acknowledgedWrites: number;
  readonly linearizableReads: number;
  /** From the end of the last fault until every node had acknowledged a write. */
  readonly recoveredMs: number;
};

/** While faults go on: what they may ask for, and how far the clients are. */
export type Ordeal = {
  readonly nemesis: Nemesis;
  readonly history: History;
};

/** Enough that some go on while others wait for a node that says nothing. */
const clientCount = 12;
const liveObjects = 4;
const probePatienceMs = 20_000;

/** A network under torture, with clients that remember what they were told. */
export class Torture {
  readonly network: TortureNetwork;
  readonly #options: TortureOptions;
  readonly #people: readonly Person[];
  #rounds = 0;

  private constructor(network: TortureNetwork, options: TortureOptions, people: readonly Person[]) {
    this.network = network;
    this.#options = options;
    this.#people = people;
  }

  static async start(options: TortureOptions): Promise<Torture> {
    const network = await TortureNetwork.start(options);
    const people = Array.from({ length: clientCount }, (_, at) => person(`client${at}`, 30 + at));
    try {
      await installService(network, people);
      return new Torture(network, options, people);
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** Clients at work while `hurt` lasts; then everything is healed and checked. */
  async round(hurt: (ordeal: Ordeal) => Promise<void>): Promise<Round> {
    const { network } = this;
    const seed = this.#options.seed + this.#rounds;
    const name = `r${this.#rounds++}`;
    const { nodes } = network.cluster;
    const history = new History();
    const pool = new ObjectPool(name, liveObjects);
    const nemesis = new Nemesis({ network, seed, print: this.#options.trace });
    const clients = this.#people.map((who) => {
      const dice = diceFor(seed, who.name);
      return new Client({ who, nodes, dice, pool, history });
    });
    for (const client of clients) client.start();
    const wrong: string[] = [];
    let recoveredMs = Number.NaN;
    try {
      await hurt({ nemesis, history });
      recoveredMs = await this.#recover(name, history);
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error));
    }
    await Promise.all(clients.map((client) => client.stop()));
    if (wrong.length === 0) wrong.push(...(await this.#verify(history, pool)));
    wrong.push(...network.exits.splice(0));
    return {
      wrong,
      faults: nemesis.counts,
      operations: history.counts(),
      acknowledgedWrites: history.answered(({ call }) => !isRead(call)),
      linearizableReads: history.answered(({ call }) => isRead(call)),
      recoveredMs,
    };
  }

  close(): Promise<void> {
    return this.network.close();
  }

  /** How long it takes until every node acknowledges a write again. */
  async #recover(name: string, history: History): Promise<number> {
    const [who] = this.#people;
    if (who === undefined) throw new Error("there are people");
    const fromMs = performance.now();
    const probe = async (index: number): Promise<void> => {
      const node = this.network.cluster.nodes[index];
      if (node === undefined) return;
      await until(`${node.name} acknowledges writes after all faults`, settleMs, async () => {
        const reference = await fetchReference(node);
        if (reference === undefined) return false;
        const object = `${name}-cell-probe-${index}`;
        const call: Call = { kind: "set", value: Math.floor(performance.now()) };
        const transaction = prepare(who, reference, { object, call });
        const calledMs = performance.now();
        const outcome = await push(node, transaction, { call, withinMs: probePatienceMs });
        const endedMs = performance.now();
        history.add({ client: "probe", object, call, transaction, calledMs, endedMs, outcome });
        return outcome.kind === "answered";
      });
    };
    await Promise.all(this.network.nodes.map(({ index }) => probe(index)));
    return performance.now() - fromMs;
  }

  async #verify(history: History, pool: ObjectPool): Promise<readonly string[]> {
    const { cluster } = this.network;
    const { nodes } = cluster;
    const wrong: string[] = [];
    try {
      await cluster.settled();
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error));
    }
    const dice = diceFor(this.#options.seed, "final reads");
    const names = new Set([...pool.names, ...history.byObject().keys()]);
    wrong.push(...(await readAll(history, [...names], { nodes, dice })));
    wrong.push(...(await checkTransactions(history, nodes)));
    wrong.push(...checkOrder(history));
    const faults = history.operations.filter(({ outcome }) => isFault(outcome));
    wrong.push(...faults.map(({ object }) => `a request about ${object} met a fault of a node`));
    return wrong;
  }
}

function isFault(outcome: { readonly kind: string; readonly code?: string }): boolean {
  return outcome.code === "internal-error";
}

async function installService(
  { cluster }: TortureNetwork,
  people: readonly Person[],
): Promise<void> {
  const node = await cluster.leader();
  const author = person(app.name, 90);
  for (const who of [...people, author]) await sendDone(node, [creation(who)], who.prover);
  const code = await bundleService(join(import.meta.dirname, "service.ts"));
  if (!code.ok) throw new Error(JSON.stringify(code.error));
  const install = { vm: javaScript, code: code.value };
  const action = packAction(author.name, setcodeInterface, "setCode", install);
  await sendDone(node, [action], author.prover);
  await cluster.settled();
}
