import type { AnyType } from "@kith/protocol/schema-types";

import { MemoryRows } from "./test-support.ts";

const u8: AnyType = { Int: { bits: 8, isSigned: false } };
const u32: AnyType = { Int: { bits: 32, isSigned: false } };
const u64: AnyType = { Int: { bits: 64, isSigned: false } };
const text: AnyType = { Custom: { type: { List: u8 }, id: "string" } };
const bytes: AnyType = { Custom: { type: { List: u8 }, id: "hex" } };
const account: AnyType = { Custom: { type: u64, id: "AccountNumber" } };
const bool: AnyType = { Custom: { type: { Int: { bits: 1, isSigned: false } }, id: "bool" } };
const checksum: AnyType = { Custom: { type: { Array: { type: u8, len: "32" } }, id: "hex" } };

/** One table of everything that a row can have, one of blobs, one that is private. */
const noteTypes: Readonly<Record<string, AnyType>> = {
  notes: {
    Object: {
      owner: account,
      number: u32,
      topic: text,
      stars: u64,
      "far-away": bool,
      details: "details",
    },
  },
  details: {
    Object: {
      hash: checksum,
      data: bytes,
      tags: { List: text },
      parent: { Option: "details" },
      mood: { Variant: { happy: u8, sad: { Option: text } } },
      pair: { Tuple: [text, u64] },
      ratio: { Float: { exp: 11, mantissa: 53 } },
      seen: { Custom: { type: { Int: { bits: 64, isSigned: true } }, id: "TimePointSec" } },
      counts: { Custom: { type: { List: { Tuple: [text, u32] } }, id: "map" } },
      either: { Variant: { "@text": text, "@number": u32 } },
      nothing: { Object: {} },
    },
  },
  blob: { Object: { key: bytes, data: bytes } },
  secrets: { Object: { id: u32 } },
};

/** For tests. */
export function noteRows(): MemoryRows {
  return new MemoryRows(
    [
      {
        name: "notes",
        rowType: "notes",
        indexes: [["owner", "number"], ["topic"], ["stars", "far-away"]],
      },
      { name: "blob", rowType: "blob", indexes: [["key"]] },
      { name: "secrets", rowType: "secrets", indexes: [["id"]], private: true },
    ],
    { types: noteTypes },
  );
}

export const blobTable: number = 1;

type Note = {
  readonly owner: string;
  readonly number: number;
  readonly topic: string;
  readonly stars: string;
  readonly "far-away": boolean;
  readonly details: unknown;
};

export function note(given: Partial<Note>): Note {
  return {
    owner: "alice",
    number: 1,
    topic: "tea",
    stars: "5",
    "far-away": false,
    details: details(),
    ...given,
  };
}

export function details(parent: unknown = null): unknown {
  return {
    hash: "AB".repeat(32),
    data: "00FF",
    tags: ["a", "b"],
    parent,
    mood: { sad: null },
    pair: ["x", "18446744073709551615"],
    ratio: "NaN",
    seen: "2024-11-18T12:34:56Z",
    counts: { z: 1, a: 2 },
    either: 7,
    nothing: {},
  };
}
