import type { ChangedRow } from "@kith/chain/ports";
import type { BlockEvent } from "@kith/changes/change-source";
import { object, str, u32 } from "@kith/protocol/fracpack";
import { accountNameConstant } from "@kith/protocol/names";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import type { FakeNode } from "./fake-node.ts";

/** For tests: a service with a table `posts`, by number, and an event `posted`. */
const service = accountNameConstant("app");
const row = object({ id: u32, text: str });
const posted = object({ id: u32 });

export const feedDefinition: ServiceDefinition = {
  name: service,
  tables: [{ name: "posts", rowType: "posts", indexes: [["id"]] }],
  events: [{ name: "posted", kind: "history", indexes: [] }],
  schema: JSON.stringify({
    service,
    types: { posts: row.schema },
    history: { posted: { type: posted.schema } },
  }),
};

export function feedRow(id: number, text: string): ChangedRow {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, id);
  return { address: { service, space: 0, key }, row: row.pack({ id, text }) };
}

export function feedEvent(id: number): BlockEvent {
  return { service, name: "posted", data: posted.pack({ id }) };
}

/** A block every few milliseconds that changes one row. */
export function startFeed(node: FakeNode): ReturnType<typeof setInterval> {
  node.definitions.set("app", feedDefinition);
  return setInterval(() => node.changes.execute([feedRow(1, `${node.changes.num}`)]), 20);
}
