import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { unpackText } from "@kith/protocol/texts";
import { openQueries, type Queries, type QueriesOptions } from "@kith/queries/queries";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { packAction } from "@kith/sdk/transaction";
import { openState, type OpenedState } from "@kith/store/state";

import { requestTo } from "../ask.ts";
import { owner, ownerKey, systemModules, TestNetwork } from "../network.ts";
import { counter, neighbour } from "./counter.ts";

export type WorldOptions = Partial<
  Pick<QueriesOptions, "processes" | "queryMs" | "residentBytesMax">
>;

/** What a test's context can do. */
type Ending = { after(close: () => Promise<void>): void };

/** A chain on disk without consensus, and real query processes beside it. */
export class QueryWorld {
  readonly state: OpenedState;
  readonly network: TestNetwork;
  readonly queries: Queries;
  readonly #folder = mkdtempSync(join(tmpdir(), "kith-queries-"));

  private constructor(options: WorldOptions) {
    const opened = openState({
      folder: this.#folder,
      onBroken: (broken) => {
        throw broken;
      },
    });
    if (!opened.ok) throw new Error(opened.error.code);
    this.state = opened.value;
    const services = [counter.module, neighbour.module];
    this.network = new TestNetwork({ state: this.state, services });
    this.queries = openQueries({
      processes: 1,
      queryMs: 2_000,
      ...options,
      folder: this.#folder,
      script: join(import.meta.dirname, "query-process.ts"),
      state: this.state,
      machine: inProcessMachine([...systemModules, ...services]),
      onTrouble: (text) => process.stderr.write(`${text}\n`),
    });
  }

  /** Everything is gone when the test is. */
  static async open(test: Ending, options: WorldOptions = {}): Promise<QueryWorld> {
    const world = new QueryWorld(options);
    test.after(() => world.#close());
    // Nobody was told of the blocks so far.
    await world.state.write();
    return world;
  }

  /** One block that sets this, which the queries hear of as they do in a node. */
  set(name: string, value: number, method: "set" | "setOther" = "set"): void {
    const action = packAction(owner, counter, method, { name, value });
    const transaction = this.network.transaction([action], ownerKey);
    const result = this.network.block([transaction]);
    const failure = result.receipts[0]?.failure;
    if (failure !== undefined) throw new Error(failure.message);
    this.queries.onExecuted(result);
  }

  /** The code of what an action of the counters without arguments fails with. */
  failureOf(method: "setSum"): string | undefined {
    const transaction = this.network.transaction(
      [packAction(owner, counter, method, {})],
      ownerKey,
    );
    const result = this.network.block([transaction]);
    this.queries.onExecuted(result);
    return result.receipts[0]?.failure?.code;
  }

  /** The body, or the code of what went wrong. */
  async ask(path: string, service = "counter", user?: AccountName): Promise<unknown> {
    const result = await this.reply(path, service, user);
    if (typeof result === "string") return result;
    if (result === undefined) return undefined;
    return JSON.parse(unpackText(result.body) ?? "");
  }

  async reply(
    path: string,
    service = "counter",
    user?: AccountName,
  ): Promise<HttpReply | undefined | string> {
    const account = accountNameConstant(service);
    const result = await this.queries.query(account, requestTo(account, path), user);
    return result.ok ? result.value : result.error.code;
  }

  async #close(): Promise<void> {
    this.queries.close();
    await this.state.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The query processes that this one has started and that still run; other tests have started others. */
export function childPids(): readonly number[] {
  const { pid } = process;
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text
    .split(" ")
    .filter((child) => child !== "" && commandOf(child).includes("query-process.ts"))
    .map(Number);
}

/** Empty for a process that has just ended. */
function commandOf(pid: string): string {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
