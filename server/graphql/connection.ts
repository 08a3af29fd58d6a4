import { compareBytes } from "@kith/protocol/hashes";

import { decodeCursor, encodeCursor } from "./cursor.ts";
import { graphqlError } from "./errors.ts";
import { keyBehind } from "./key-parts.ts";
import { pageRowsDefault, pageRowsMax } from "./limits.ts";

/** The arguments that every connection has (Relay cursor connections), checked. */
export type PageArguments = {
  readonly count: number;
  /** Counted from the end instead of from the start. */
  readonly fromEnd: boolean;
  readonly after: Uint8Array | undefined;
  readonly before: Uint8Array | undefined;
  readonly reverse: boolean;
};

/** A stretch of keys: `from` inclusive, `to` exclusive. */
export type KeySpan = {
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
};

/** Something that is paged over: positions are bytes in order, whatever they stand for. */
export type Paged<Item> = {
  /** Tells the cursors of this connection from those of others. */
  readonly space: number;
  readonly span: KeySpan;
  read(span: KeySpan, reverse: boolean, limit: number): readonly Positioned<Item>[];
};

export type Positioned<Item> = { readonly key: Uint8Array; readonly item: Item };

export type Page<Item> = {
  readonly edges: readonly { readonly cursor: string; readonly node: Item }[];
  readonly pageInfo: {
    readonly hasNextPage: () => boolean;
    readonly hasPreviousPage: () => boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

export function parsePageArguments(
  given: Readonly<Record<string, unknown>>,
  space: number,
): PageArguments {
  const { first, last } = given;
  if (isGiven(first) && isGiven(last)) {
    throw graphqlError("first-and-last", "a page has `first` or `last`, not both");
  }
  return {
    count: pageSize(first ?? last),
    fromEnd: isGiven(last),
    after: cursorOf(given["after"], space),
    before: cursorOf(given["before"], space),
    reverse: given["reverse"] === true,
  };
}

/** Also what the cost of a query is made of. */
export function pageSize(wanted: unknown): number {
  if (wanted === undefined || wanted === null) return pageRowsDefault;
  if (typeof wanted !== "number" || wanted < 0) {
    throw graphqlError("page-size-invalid", "`first` and `last` are whole numbers from 0 on");
  }
  if (wanted > pageRowsMax) {
    throw graphqlError("page-too-large", `a page has at most ${pageRowsMax} items`);
  }
  return wanted;
}

/**
 * One page. A cursor is a position and not an item, so it stays good when items come and go: the next page begins behind
 * where the item is, or was.
 */
export function pageOf<Item>(paged: Paged<Item>, wanted: PageArguments): Page<Item> {
  const { reverse, fromEnd, after, before } = wanted;
  const within = (span: KeySpan, boundary: Boundary | undefined, side: Side): KeySpan =>
    boundary === undefined ? span : cut(span, boundary, (side === "behind") === reverse);
  const span = within(
    within(paged.span, after === undefined ? undefined : { key: after, included: false }, "behind"),
    before === undefined ? undefined : { key: before, included: false },
    "ahead",
  );
  // From the end, items come in the opposite order and are turned around afterwards.
  const found = paged.read(span, reverse !== fromEnd, wanted.count);
  const items = fromEnd ? found.toReversed() : found;
  const edges = items.map(({ key, item }) => ({
    cursor: encodeCursor(paged.space, key),
    node: item,
  }));
  const { start, end } = boundariesOf(items, wanted);
  const exists = (boundary: Boundary | "nothing" | undefined, side: Side): boolean =>
    boundary !== "nothing" && paged.read(within(paged.span, boundary, side), reverse, 1).length > 0;
  return {
    edges,
    pageInfo: {
      hasNextPage: () => exists(end, "behind"),
      hasPreviousPage: () => exists(start, "ahead"),
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

type Boundary = { readonly key: Uint8Array; readonly included: boolean };

/** In the order of the connection. */
type Side = "ahead" | "behind";

/**
 * What lies ahead of a page, and behind it. An empty page is where it was asked for: at `after`, or at `before` when it
 * is counted from the end. Undefined is everything.
 */
function boundariesOf(
  items: readonly { readonly key: Uint8Array }[],
  { fromEnd, after, before }: PageArguments,
): {
  readonly start: Boundary | "nothing" | undefined;
  readonly end: Boundary | "nothing" | undefined;
} {
  const [first, last] = [items.at(0), items.at(-1)];
  if (first !== undefined && last !== undefined) {
    return { start: { key: first.key, included: false }, end: { key: last.key, included: false } };
  }
  if (fromEnd) {
    if (before === undefined) return { start: undefined, end: "nothing" };
    return { start: { key: before, included: false }, end: { key: before, included: true } };
  }
  if (after === undefined) return { start: "nothing", end: undefined };
  return { start: { key: after, included: true }, end: { key: after, included: false } };
}

/** What of the span lies below the boundary, or above it. */
function cut({ from, to }: KeySpan, { key, included }: Boundary, below: boolean): KeySpan {
  if (below) {
    const end = included ? keyBehind(key) : key;
    return { from, to: to === undefined || isBefore(end, to) ? end : to };
  }
  const start = included ? key : keyBehind(key);
  return { from: from === undefined || isBefore(from, start) ? start : from, to };
}

/** A cursor outside of the span leaves nothing on one side of it. */
export function isEmptySpan({ from, to }: KeySpan): boolean {
  return from !== undefined && to !== undefined && !isBefore(from, to);
}

function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) < 0;
}

function cursorOf(given: unknown, space: number): Uint8Array | undefined {
  if (typeof given !== "string") return undefined;
  const key = decodeCursor(given, space);
  if (key !== undefined) return key;
  throw graphqlError("cursor-invalid", "this is not a cursor of this connection");
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
