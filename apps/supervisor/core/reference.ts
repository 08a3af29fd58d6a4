import { parseBlockId, type BlockId } from "@kith/protocol/ids";

import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import { referenceMsMax } from "./limits.ts";
import type { Nodes } from "./nodes.ts";

/** The block that transactions refer to: a milestone, which is good for days (decision 0045). */
export type Reference = { readonly refBlockIndex: number; readonly refBlockId: BlockId };

/** The newest one, asked for before it is needed, and kept for when nobody can be asked. */
export class ReferenceBlock {
  readonly #nodes: Nodes;
  readonly #database: Database;
  #known: { readonly reference: Reference; readonly atMs: number } | undefined;

  constructor(nodes: Nodes, database: Database) {
    this.#nodes = nodes;
    this.#database = database;
  }

  async take(): Promise<Reference> {
    const known = this.#known;
    if (known !== undefined && Date.now() - known.atMs < referenceMsMax) return known.reference;
    try {
      return await this.#ask();
    } catch (thrown) {
      const kept = known?.reference ?? referenceOf(await this.#database.get("facts", "reference"));
      if (kept === undefined) throw thrown;
      return kept;
    }
  }

  async #ask(): Promise<Reference> {
    const headers = { accept: "application/json" };
    const answer = await this.#nodes.fetch({
      target: "/common/tapos/head",
      method: "GET",
      headers,
    });
    const reference = referenceOf(answer.ok ? await answer.json() : undefined);
    if (reference === undefined) throw new Failure("answer-malformed", "no reference block came");
    this.#known = { reference, atMs: Date.now() };
    await this.#database.put("facts", reference, "reference");
    return reference;
  }
}

function referenceOf(json: unknown): Reference | undefined {
  const index: unknown = Reflect.get(Object(json), "refBlockIndex");
  const text: unknown = Reflect.get(Object(json), "refBlockId");
  const id = typeof text === "string" ? parseBlockId(text) : undefined;
  if (typeof index !== "number" || id?.ok !== true) return undefined;
  return { refBlockIndex: index, refBlockId: id.value };
}
