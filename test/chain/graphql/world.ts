import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { emptyEventTree } from "@kith/protocol/event-tree";
import { unpackText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { openQueries, type Queries } from "@kith/queries/queries";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openEvents, type OpenedEvents } from "@kith/store/events";
import { openState, type OpenedState } from "@kith/store/state";

import { feed } from "../changes/feed.ts";
import { ownerKey, systemModules, TestNetwork } from "../network.ts";

function stop(broken: Error): never {
  throw broken;
}

type Answered = Extract<Awaited<ReturnType<Queries["answer"]>>, { readonly ok: true }>["value"];

/** A chain on disk with its events, and queries beside it as in a node. */
export class GraphqlWorld {
  readonly network: TestNetwork;
  readonly queries: Queries;
  readonly #state: OpenedState;
  readonly #events: OpenedEvents;
  readonly #folder = mkdtempSync(join(tmpdir(), "kith-graphql-"));

  private constructor(processes: number) {
    const events = openEvents({ folder: this.#folder, onBroken: stop });
    assert.ok(events.ok);
    this.#events = events.value;
    const state = openState({ folder: this.#folder, onBroken: stop, ahead: events.value });
    assert.ok(state.ok);
    this.#state = state.value;
    this.network = new TestNetwork({ state: state.value, services: [feed.module] });
    const { blockNum: num, time } = this.network.genesis.header;
    const tree = { before: emptyEventTree, leaves: [], nodes: [] };
    this.#events.append({ num, time, events: [], tree });
    this.queries = openQueries({
      processes,
      queryMs: 10_000,
      folder: this.#folder,
      script: join(import.meta.dirname, "query-process.ts"),
      state: state.value,
      machine: inProcessMachine([...systemModules, feed.module]),
      onTrouble: (text) => process.stderr.write(`${text}\n`),
    });
  }

  static async open(
    test: { after(close: () => Promise<void>): void },
    processes: number,
  ): Promise<GraphqlWorld> {
    const world = new GraphqlWorld(processes);
    test.after(() => world.#close());
    await world.#state.write();
    return world;
  }

  /** One block, told to events and queries as a node does. */
  block(...actions: readonly Action[]): number {
    const result = this.network.block([this.network.transaction(actions, ownerKey)]);
    assert.equal(result.receipts[0]?.failure, undefined);
    const { num, time } = result.applied;
    this.#events.append({ num, time, events: result.events, tree: result.eventTree });
    this.queries.onExecuted(result);
    return num;
  }

  /** The answer, and what it was made from. */
  async answer(query: string): Promise<Answered> {
    const answer = await this.queries.answer(feed.name, {
      method: "GET",
      host: "feed.kith.localhost",
      rootHost: "kith.localhost",
      path: "/graphql",
      query: `query=${encodeURIComponent(query)}`,
      headers: [],
      body: new Uint8Array(),
    });
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  }

  async ask(query: string): Promise<unknown> {
    const { reply } = await this.answer(query);
    const json: unknown = JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "");
    assert.ok(typeof json === "object" && json !== null && "data" in json, JSON.stringify(json));
    return json.data;
  }

  async #close(): Promise<void> {
    this.queries.close();
    await this.#state.close();
    await this.#events.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
