import { parseBlockId, type BlockId } from "@kith/protocol/ids";

import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import type { Nodes } from "./nodes.ts";
import type { Sessions } from "./sessions.ts";

/** What means nothing on another network. */
const storesOfNetwork = ["accounts", "connections", "writes", "plugins", "sealingKeys"] as const;

/** Which network this browser speaks to at this address. */
export class Network {
  readonly #nodes: Nodes;
  readonly #database: Database;
  readonly #sessions: Sessions;
  #id: BlockId | undefined;
  #recalling: Promise<void> | undefined;
  /** A node has said it, on this page. */
  #isCertain = false;

  constructor(nodes: Nodes, database: Database, sessions: Sessions) {
    this.#nodes = nodes;
    this.#database = database;
    this.#sessions = sessions;
  }

  /** What was known when this browser was here last. */
  recall(): Promise<void> {
    return (this.#recalling ??= this.#recall());
  }

  async #recall(): Promise<void> {
    const known = await this.#database.get("facts", "network");
    const id = typeof known === "string" ? parseBlockId(known) : undefined;
    if (id?.ok === true) this.#id = id.value;
  }

  /** As it was the last time, where it is known from then. */
  async id(): Promise<BlockId> {
    // What a node says now is compared with that, and must not take its place before.
    await this.recall();
    if (this.#id !== undefined) return this.#id;
    const id = await this.#ask();
    void this.#remember(id).catch(() => undefined);
    return id;
  }

  /** Another network at the same address knows none of the accounts that this browser remembers. */
  async check(): Promise<void> {
    if (this.#isCertain) return;
    const before = await this.id();
    const now = await this.#ask().catch(() => before);
    if (now === before) return;
    await this.#replace(now);
    // Pages hear that everything is another once it is so.
    this.#sessions.changed();
  }

  /** In one piece: should this page be closed in the middle, the next one finds the difference again. */
  async #replace(id: BlockId): Promise<void> {
    const change = this.#database.transaction(["facts", ...storesOfNetwork] as const, "readwrite");
    for (const store of storesOfNetwork) await change.objectStore(store).clear();
    await change.objectStore("facts").put(id, "network");
    await change.done;
  }

  async #ask(): Promise<BlockId> {
    const request = { target: "/common/chainid", method: "GET", headers: {} } as const;
    const answer = await this.#nodes.fetch(request);
    const text: unknown = answer.ok ? await answer.json() : undefined;
    const id = parseBlockId(typeof text === "string" ? text : "");
    if (!id.ok) throw new Failure("answer-malformed", "the node names no network");
    this.#isCertain = true;
    return (this.#id = id.value);
  }

  async #remember(id: BlockId): Promise<void> {
    await this.#database.put("facts", id, "network");
  }
}
