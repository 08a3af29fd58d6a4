import type { EventPlace, EventRange } from "@kith/chain/ports";
import { GraphQLInt, GraphQLNonNull, type GraphQLFieldConfigArgumentMap } from "graphql";

import { connectionType, pageArgumentNames, pageArguments } from "./connection-type.ts";
import {
  isEmptySpan,
  pageOf,
  parsePageArguments,
  type KeySpan,
  type Positioned,
} from "./connection.ts";
import { graphqlError } from "./errors.ts";
import { NameScope } from "./field-names.ts";
import { bare, type OutputTypes } from "./output-types.ts";
import type { RunContext } from "./run-context.ts";
import { scalar } from "./scalars.ts";
import type { FieldSink } from "./table-fields.ts";
import type { EventModel } from "./table-model.ts";

/** Cursors of events begin with this and the event's place among the service's; no table has such a number. */
const eventSpace = 0x8000_0000;

type EventNode = EventPlace & { readonly transactionId: string; readonly data: unknown };

/** `<event>Events`: the events that this node keeps, oldest first, from a block on and up to another. */
export function addEventFields(
  types: OutputTypes,
  { event, number }: { readonly event: EventModel; readonly number: number },
  { sink, description }: { readonly sink: FieldSink; readonly description: string | undefined },
): void {
  const node = types.object(`${event.name}Event`, () => ({
    block: {
      type: new GraphQLNonNull(scalar("U32")),
      resolve: (source) => (isEvent(source) ? source.blockNum : undefined),
    },
    position: {
      type: new GraphQLNonNull(GraphQLInt),
      description: "The place among the events of its block.",
      resolve: (source) => (isEvent(source) ? source.index : undefined),
    },
    transactionId: {
      type: new GraphQLNonNull(scalar("Checksum256")),
      resolve: (source) => (isEvent(source) ? source.transactionId.toUpperCase() : undefined),
    },
    data: {
      type: bare(types.of(event.type, event.name)),
      description: "Null where it cannot be read any more.",
    },
  }));
  const name = sink.scope.take(`${event.name}Events`);
  const spans = eventArguments(types, event);
  const space = eventSpace + number;
  sink.connections.add(name);
  sink.fields[name] = {
    type: connectionType(types, `${event.name}Event`, node),
    args: { ...pageArguments, ...spans.config },
    description: `Events that this node keeps, oldest first. ${description ?? ""}`.trim(),
    resolve: (_source, given: Readonly<Record<string, unknown>>, context) => {
      const index = spans.indexOf(given);
      const paged = {
        space,
        span: spans.spanOf(given),
        read: (span: KeySpan, reverse: boolean, limit: number) =>
          readEvents(context, event, { span, reverse, limit, index }),
      };
      return pageOf(paged, parsePageArguments(given, space));
    },
  };
}

type Index = NonNullable<EventRange["index"]>;

type EventArguments = {
  readonly config: GraphQLFieldConfigArgumentMap;
  spanOf(given: Readonly<Record<string, unknown>>): KeySpan;
  indexOf(given: Readonly<Record<string, unknown>>): Index | undefined;
};

/** From a block on, up to another; and the value of one indexed field. */
function eventArguments(types: OutputTypes, event: EventModel): EventArguments {
  const scope = new NameScope(pageArgumentNames);
  const [fromBlock, toBlock] = [scope.take("blockFrom"), scope.take("blockTo")];
  const fields = event.indexes.map((field) => ({ field, argument: scope.take(field) }));
  const config: GraphQLFieldConfigArgumentMap = {
    [fromBlock]: { type: scalar("U32"), description: "Events of this block and of those behind." },
    [toBlock]: { type: scalar("U32"), description: "Events of blocks ahead of this one." },
  };
  for (const { field, argument } of fields) {
    config[argument] = {
      type: types.inputOfMember(event.type, field),
      description: `Events whose ${field} is this. One such value at a time.`,
    };
  }
  return {
    config,
    spanOf: (given) => ({ from: placeOfBlock(given[fromBlock]), to: placeOfBlock(given[toBlock]) }),
    indexOf: (given) => {
      const found = fields.filter(({ argument }) => isGiven(given[argument]));
      const [first] = found;
      if (first === undefined) return undefined;
      if (found.length > 1) throw graphqlError("range-invalid", "events have one index at a time");
      const value = event.indexValue(first.field, given[first.argument]);
      if (value !== undefined) return { field: first.field, value };
      throw graphqlError("value-invalid", `this is no value of ${first.field}`);
    },
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

type Stretch = {
  readonly span: KeySpan;
  readonly reverse: boolean;
  readonly limit: number;
  readonly index: Index | undefined;
};

function readEvents(
  { view, budget }: RunContext,
  event: EventModel,
  { span, reverse, limit, index }: Stretch,
): readonly Positioned<EventNode>[] {
  if (isEmptySpan(span) || limit === 0) return [];
  const [from, to] = [placeOf(span.from), placeOf(span.to)];
  const range: EventRange = {
    service: view.service,
    event: event.name,
    ...(index === undefined ? {} : { index }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    reverse,
    limit,
  };
  const found = view.events?.rangeEvents(range);
  if (found?.ok === false) {
    throw graphqlError(found.error.code, "this node does not have all that was asked for");
  }
  return (found?.value ?? []).map(({ blockNum, index: position, transactionId, json }) => {
    const item = { blockNum, index: position, transactionId, data: budget.countWhole(json()) };
    return { key: keyOfPlace({ blockNum, index: position }), item };
  });
}

const placeBytes = 8;

function keyOfPlace({ blockNum, index }: EventPlace): Uint8Array {
  const key = new Uint8Array(placeBytes);
  const view = new DataView(key.buffer);
  view.setUint32(0, blockNum);
  view.setUint32(4, index);
  return key;
}

/** The key behind another one has a further byte: the place behind is what it means. */
function placeOf(key: Uint8Array | undefined): EventPlace | undefined {
  if (key === undefined) return undefined;
  if (key.length < placeBytes || key.length > placeBytes + 1) {
    throw graphqlError("cursor-invalid", "this is not a cursor of this connection");
  }
  const view = new DataView(key.buffer, key.byteOffset);
  const index = view.getUint32(4) + (key.length > placeBytes ? 1 : 0);
  return { blockNum: view.getUint32(0), index };
}

function placeOfBlock(given: unknown): Uint8Array | undefined {
  return typeof given === "number" ? keyOfPlace({ blockNum: given, index: 0 }) : undefined;
}

function isEvent(source: unknown): source is EventNode {
  return typeof source === "object" && source !== null && "blockNum" in source;
}
