import { MachineFault } from "@kith/protocol/service-abi";
import { abort } from "@kith/sdk/abort";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { historyEvent, merkleEvent } from "@kith/sdk/event";
import { jsonReply } from "@kith/sdk/reply";
import { action, service, type Service } from "@kith/sdk/service";
import { nothing, serviceInterface, signature } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import {
  account,
  bool,
  bytes,
  checksum,
  checksumOf,
  list,
  option,
  str,
  u32,
  u64,
} from "@kith/sdk/types";

/** A service of tests that does one of everything, also what a service should not do. */

const notesTable = table(
  "notes",
  { owner: account, number: u32, topic: str, text: str },
  { key: ["owner", "number"], indexes: { byTopic: ["topic"] } },
);
const blobs = table("blobs", { key: bytes, data: bytes }, { key: ["key"] });
const noted = merkleEvent("noted", { owner: account, data: bytes }, { indexes: ["owner"] });
const seen = historyEvent(
  "seen",
  { owner: account, topic: str, number: u32, size: u64, pinned: bool, mark: option(checksum) },
  { indexes: ["topic", "number", "size", "pinned", "mark"] },
);
const undeclared = historyEvent("undeclared", { number: u32 });

const peer = serviceInterface("notes-peer", {
  whoCalls: signature({}, account),
  refuse: signature({}, nothing),
  back: signature({ depth: u32 }, nothing),
});

const add = action({ number: u32, topic: str, text: str }, nothing, (context, note) => {
  context.table(notesTable).put({ owner: context.sender, ...note });
});
const remove = action({ number: u32 }, nothing, (context, { number }) => {
  if (!context.table(notesTable).remove({ owner: context.sender, number })) {
    abort("note-unknown", `there is no note ${number}`);
  }
});
const ofTopic = action({ topic: str }, list(str), (context, { topic }) =>
  context
    .table(notesTable)
    .range({ index: "byTopic", prefix: { topic } })
    .map((note) => note.text),
);
const whoCallsPeer = action({}, account, (context) => context.call(peer).whoCalls({}));
const catchRefusal = action({}, nothing, (context) => {
  try {
    context.call(peer).refuse({});
  } catch {
    context.table(blobs).put({ key: Uint8Array.of(1), data: Uint8Array.of(1) });
  }
});
const breakDown = action({}, nothing, () => {
  throw new TypeError("a defect");
});
const giveOut = action({}, nothing, () => {
  throw new MachineFault("the runtime gave out");
});
const overflow = action({}, nothing, () => {
  const dive = (depth: number): number => dive(depth + 1) + 1;
  dive(0);
});
const forth = action({ depth: u32 }, nothing, (context, { depth }) => {
  context.call(peer).back({ depth: depth + 1 });
});
const putBlob = action({ keyBytes: u32, dataBytes: u32, times: u32 }, nothing, (context, args) => {
  for (let time = 0; time < args.times; time++) {
    const key = new Uint8Array(args.keyBytes);
    if (key.length >= 4) new DataView(key.buffer).setUint32(0, time);
    context.table(blobs).put({ key, data: new Uint8Array(args.dataBytes) });
  }
});
const readMany = action({ limit: u32 }, u32, (context, { limit }) => {
  return context.table(blobs).range({ limit }).length;
});
const giveBack = action(
  { sizeBytes: u32 },
  bytes,
  (_context, { sizeBytes }) => new Uint8Array(sizeBytes),
);
const emitMany = action({ sizeBytes: u32, times: u32 }, nothing, (context, args) => {
  for (let time = 0; time < args.times; time++) {
    context.emit(noted, { owner: context.sender, data: new Uint8Array(args.sizeBytes) });
  }
});
const see = action({ topic: str, number: u32, size: u64 }, nothing, (context, args) => {
  const { sender: owner } = context;
  const mark = args.number % 2 === 0 ? { mark: checksumOf("ab".repeat(32)) } : {};
  context.emit(seen, { owner, ...args, pinned: args.number > 10, ...mark });
});
const emitUndeclared = action({}, nothing, (context) => context.emit(undeclared, { number: 1 }));
const emitWrong = action({}, nothing, (context) => {
  context.emit(seen, JSON.parse('{"topic": 7}'));
});
/** Gets around the SDK, as a service may that is written without it. */
const emitRaw = action({ event: str, data: bytes }, nothing, (context, { event, data }) => {
  const host: unknown = Reflect.get(context, "host");
  if (typeof host !== "object" || host === null) return;
  const emit: unknown = Reflect.get(host, "emit");
  if (typeof emit === "function") Reflect.apply(emit, host, [event, data]);
});
const now = action({}, u64, (context) => BigInt(context.blockTime));

const notesActions = {
  add,
  remove,
  ofTopic,
  whoCallsPeer,
  catchRefusal,
  breakDown,
  giveOut,
  overflow,
  forth,
  putBlob,
  readMany,
  giveBack,
  emitMany,
  see,
  emitUndeclared,
  emitWrong,
  emitRaw,
  now,
};

export const notes: Service<typeof notesActions> = service("notes", {
  tables: [notesTable, blobs],
  actions: notesActions,
  events: [noted, seen],
  http: (context, request) => {
    if (request.path === "/write") writeAnyway(context);
    if (request.path === "/defect") throw new TypeError("a defect");
    if (request.path === "/refuse") abort("no-entry", "not for you");
    return request.path === "/height" ? jsonReply({ height: context.blockNum }) : undefined;
  },
});

/** A query context has no `put`; a service that gets around that is stopped by the node. */
function writeAnyway(context: QueryContext): void {
  const host: unknown = Reflect.get(context, "queryHost");
  if (typeof host !== "object" || host === null) return;
  const put: unknown = Reflect.get(host, "put");
  if (typeof put === "function") Reflect.apply(put, host, [0, new Uint8Array(8)]);
}

const whoCalls = action({}, account, (context: ActionContext) => context.sender);
const refuse = action({}, nothing, () => abort("peer-refuses", "no"));
const back = action({ depth: u32 }, nothing, (context, { depth }) => {
  context.call(notes).forth({ depth });
});
const peerActions = { whoCalls, refuse, back };
export const notesPeer: Service<typeof peerActions> = service("notes-peer", {
  tables: [],
  actions: peerActions,
});
