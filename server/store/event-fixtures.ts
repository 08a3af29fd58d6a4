import {
  emptyEventTree,
  eventRecordCodec,
  growEventTree,
  type EventTree,
} from "@kith/protocol/event-tree";
import { compileEventType } from "@kith/protocol/event-type";
import { object, str, u32 } from "@kith/protocol/fracpack";
import { blockNumOf, transactionIdOf, type AccountName } from "@kith/protocol/ids";
import { merkleLeaf, type MerkleNode } from "@kith/protocol/merkle";
import { accountCodec, accountNameConstant, methodNameConstant } from "@kith/protocol/names";

import type { EventBlock, EventOfBlock, EventVersion } from "./event-store.ts";
import { openEvents, type OpenedEvents, type OpenEventsOptions } from "./events.ts";

/** What the tests of events share: services with two events, and blocks that emit them. */

export const postedCodec = object({ author: accountCodec, thread: u32, text: str });

export const posted: EventVersion = versionOf("posted", "history", ["author", "thread"]);
export const moved: EventVersion = versionOf("moved", "merkle", ["author"]);

export function versionOf(
  name: string,
  kind: EventVersion["kind"],
  indexes: readonly string[],
): EventVersion {
  const source = { type: postedCodec.schema, types: {} };
  const type = compileEventType(source, indexes);
  if (!type.ok) throw new Error(type.error.code);
  return { name, kind, indexes, source, type: type.value };
}

export type Emission = {
  readonly declared: EventVersion;
  readonly service?: AccountName;
  readonly author?: string;
  readonly thread?: number;
  readonly text?: string;
};

export const forum: AccountName = accountNameConstant("forum");

/** Makes blocks one after the other; the event tree grows with them. */
export class BlockMaker {
  tree: EventTree = emptyEventTree;
  num = 0;

  /** A block a second, whose events are one transaction's. */
  next(emissions: readonly Emission[] = []): EventBlock {
    this.num++;
    const num = blockNumOf(this.num);
    const before = this.tree;
    const transactionId = transactionOf(this.num);
    const records: Uint8Array[] = [];
    const events = emissions.map((emission): EventOfBlock => {
      const { declared, service = forum, author = "alice", thread = 0, text = "" } = emission;
      const data = postedCodec.pack({ author: accountNameConstant(author), thread, text });
      if (declared.kind === "history") return { service, declared, data, transactionId };
      const merkle = { id: before.events + records.length + 1, index: records.length };
      const type = methodNameConstant(declared.name);
      const record = { id: merkle.id, service, type, rawData: data, transactionId };
      records.push(eventRecordCodec.pack(record));
      return { service, declared, data, transactionId, merkle };
    });
    let nodes: readonly MerkleNode[] = [];
    if (records.length > 0) ({ tree: this.tree, nodes } = growEventTree(before, num, records));
    const leaves = records.map(merkleLeaf);
    return { num, time: this.num * 1_000_000, events, tree: { before, leaves, nodes } };
  }
}

/** What a block of the crash tests emits: from none to three, all of it following from its number. */
export function eventsOfBlock(num: number): readonly Emission[] {
  return Array.from({ length: num % 4 }, (_, place) => ({
    declared: (num + place) % 3 === 0 ? moved : posted,
    thread: num % 5,
    text: `${num}.${place}`,
  }));
}

/** The one transaction of a block. */
export function transactionOf(num: number): ReturnType<typeof transactionIdOf> {
  return transactionIdOf(num.toString(16).padStart(64, "0"));
}

export function openedEvents(
  folder: string,
  options: Partial<OpenEventsOptions> = {},
): OpenedEvents {
  const opened = openEvents({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
    ...options,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}
