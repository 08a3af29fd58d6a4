import { decodeEntry, type Entry } from "@kith/logs/entry";
import { certificatePool, lipmaa } from "@kith/logs/lipmaa";
import { nextEntry } from "@kith/logs/log";
import { MemoryLog } from "@kith/logs/memory-log";
import { decodeVaru64, encodeVaru64 } from "@kith/logs/varu64";
import { isAuthentic, verifyPayload } from "@kith/logs/verify-entry";
import { bytesOfTrustedHex, fromHex, toHex } from "@kith/protocol/hashes";

import { isObject, listAt, objectOf, objectsAt, textsAt, type JsonObject } from "./json.ts";
import {
  describe,
  expectEqual,
  notApplicable,
  runCase,
  type CaseResult,
  type Shape,
} from "./shape.ts";

const numberLists = ["lipmaa", "cert_pool", "varu64_encode", "varu64_decode_must_fail"];

/** `{lipmaa: [[n, target]], cert_pool: [[n, pool]], varu64_encode: [[n, hex]], varu64_decode_must_fail: [hex]}` */
export const bambooNumbersShape: Shape = {
  name: "Bamboo numbers",
  matches: ({ json }) => isObject(json) && numberLists.some((field) => field in json),
  run: ({ json }) => {
    const file = objectOf(json);
    return [
      ...pairsAt(file, "lipmaa").map(([n, target]) =>
        runCase(`lipmaa of ${describe(n)}`, () => expectEqual(Number(lipmaa(bigintOf(n))), target)),
      ),
      ...pairsAt(file, "cert_pool").map(([n, pool]) =>
        runCase(`certificate pool of ${describe(n)}`, () =>
          expectEqual(certificatePool(bigintOf(n)).map(Number), pool),
        ),
      ),
      ...pairsAt(file, "varu64_encode").map(([n, hex]) =>
        runCase(`VarU64 of ${describe(n)}`, () => {
          const encoded = encodeVaru64(bigintOf(n));
          const decoded = decodeVaru64(encoded, 0);
          const value = decoded.ok ? decoded.value.value : undefined;
          return expectEqual([toHex(encoded), value], [hex, bigintOf(n)]);
        }),
      ),
      ...textsAt(file, "varu64_decode_must_fail").map((hex) =>
        runCase(`no VarU64: ${hex}`, () =>
          expectEqual(decodeVaru64(bytesOfTrustedHex(hex), 0).ok, false),
        ),
      ),
    ];
  },
};

/** An entry as hex, in whichever of the three ways of writing it down a file uses. */
type EntryCase = {
  readonly entry: string;
  readonly payload: string | undefined;
  readonly hash: string | undefined;
  readonly decoded: JsonObject | undefined;
  readonly isValid: boolean;
};

/** Any object in which entries stand: bamboo-rs' collections, p2panda's logs, or the one of the old specification. */
export const bambooEntriesShape: Shape = {
  name: "Bamboo entries",
  matches: ({ json }) => collectLogs(json).length > 0,
  run: ({ json }) => [
    ...collectLogs(json).flatMap((entries, index) => logCases(`log ${index}`, entries)),
    ...(isObject(json) ? [...nextEntryCases(json), ...messageCases(json)] : []),
  ],
};

/** Entries that stand in one list belong to one log. */
function collectLogs(value: unknown): EntryCase[][] {
  if (Array.isArray(value)) {
    const entries = value.map(entryCaseOf);
    const isLog = entries.length > 0 && entries.every((entry) => entry !== undefined);
    return isLog ? [entries] : value.flatMap(collectLogs);
  }
  if (!isObject(value)) return [];
  const single = entryCaseOf(value);
  return single === undefined ? Object.values(value).flatMap(collectLogs) : [[single]];
}

function entryCaseOf(value: unknown): EntryCase | undefined {
  if (!isObject(value)) return undefined;
  const entry = value["entryBytes"] ?? value["entryEncoded"] ?? value["encoded"];
  if (typeof entry !== "string" || !fromHex(entry).ok) return undefined;
  const payload = value["payloadBytes"] ?? value["messageEncoded"] ?? value["payload"];
  return {
    entry,
    payload: typeof payload === "string" ? payload : undefined,
    hash: typeof value["entryHash"] === "string" ? value["entryHash"] : undefined,
    decoded: isObject(value["decoded"]) ? value["decoded"] : undefined,
    isValid: value["valid"] !== false && value["invalid"] !== true && value["error"] !== true,
  };
}

function logCases(name: string, entries: readonly EntryCase[]): CaseResult[] {
  const log = new MemoryLog();
  return entries.map((expected, index) => {
    const caseName = `${name}, entry ${index + 1}`;
    if (isBlake3(expected))
      return notApplicable(caseName, "BLAKE3 hashes, as p2panda 0.3 and later");
    return runCase(caseName, () => {
      const wrong = addEntry(expected, log);
      if (expected.isValid) return wrong;
      return wrong === undefined ? "accepted, though it is invalid" : undefined;
    });
  });
}

function isBlake3({ entry }: EntryCase): boolean {
  const decoded = decodeEntry(bytesOfTrustedHex(entry));
  return (
    !decoded.ok && decoded.error.code === "hash-length-wrong" && decoded.error.sizeBytes === 32n
  );
}

/** Says what is wrong with the entry; nothing when it is in the log now. */
function addEntry(expected: EntryCase, log: MemoryLog): string | undefined {
  const decoded = decodeEntry(bytesOfTrustedHex(expected.entry));
  if (!decoded.ok) return describe(decoded.error);
  const entry = decoded.value;
  if (expected.payload !== undefined) {
    const payload = verifyPayload(entry, bytesOfTrustedHex(expected.payload));
    if (!payload.ok) return describe(payload.error);
  }
  const different =
    (expected.hash === undefined ? undefined : expectEqual(entry.hash, expected.hash)) ??
    (expected.decoded === undefined ? undefined : checkDecoded(entry, expected.decoded));
  if (different !== undefined) return different;
  const added = log.add(entry);
  if (added.ok) return undefined;
  // Where a file holds a log without its beginning, only the signature can be checked.
  const startsLater = added.error.code === "entry-without-path" && log.newest === 0n;
  return startsLater && isAuthentic(entry) ? undefined : describe(added.error);
}

function linkText(hash: string | undefined): unknown {
  return hash === undefined ? null : { Blake2b: hash.slice(4) };
}

/** bamboo-rs' own words for the fields. */
function checkDecoded(entry: Entry, decoded: JsonObject): string | undefined {
  const found: JsonObject = {
    author: toHex(entry.author),
    backlink: linkText(entry.backlink),
    isEndOfFeed: entry.isEndOfLog,
    lipmaaLink: linkText(entry.lipmaaLink),
    logId: Number(entry.logId),
    payloadHash: linkText(entry.payloadHash),
    payloadSize: Number(entry.payloadSize),
    seqNum: Number(entry.seqNum),
    sig: toHex(entry.signature),
  };
  const fields = Object.keys(found).filter((field) => field in decoded);
  return expectEqual(
    fields.map((field) => [field, found[field]]),
    fields.map((field) => [field, decoded[field]]),
  );
}

/** p2panda's `nextEntryArgs[n]`: what the author needs to know after n entries. */
function nextEntryCases(file: JsonObject): CaseResult[] {
  const [entries] = collectLogs(file["encodedEntries"]);
  if (entries === undefined) return [];
  const log = new MemoryLog();
  return objectsAt(file, "nextEntryArgs").map((args, index) =>
    runCase(`next entry after ${index}`, () => {
      const previous = entries[index - 1];
      const wrong = previous === undefined ? undefined : addEntry(previous, log);
      if (wrong !== undefined) return wrong;
      const next = nextEntry(log);
      return expectEqual(
        [next.backlink ?? null, next.lipmaaLink ?? null, Number(next.seqNum)],
        [args["entryHashBacklink"], args["entryHashSkiplink"], args["seqNum"]],
      );
    }),
  );
}

function messageCases(file: JsonObject): CaseResult[] {
  return listAt(file, "decodedMessages").map((_message, index) =>
    notApplicable(
      `message ${index + 1}`,
      "Kith keeps the payload of a log as bytes: no CBOR messages yet",
    ),
  );
}

function pairsAt(file: JsonObject, field: string): (readonly [unknown, unknown])[] {
  return listAt(file, field).map((pair) => {
    if (!Array.isArray(pair)) throw new TypeError(`not a pair in ${field}`);
    const [first, second]: unknown[] = pair;
    return [first, second];
  });
}

function bigintOf(value: unknown): bigint {
  if (typeof value === "string" || typeof value === "number") return BigInt(value);
  throw new TypeError(`not an integer: ${describe(value)}`);
}
