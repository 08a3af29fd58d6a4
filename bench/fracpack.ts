/** Side by side in one process, interleaved: fracpack, MessagePack, CBOR and JSON on the same value. */
import { randomBytes } from "node:crypto";

import { bytes, list, object, str, u32, u64Number } from "@kith/protocol/fracpack";
import { decode as decodeMsgpack, encode as encodeMsgpack } from "@msgpack/msgpack";
import { Decoder, Encoder } from "cbor-x";

import { medianOf } from "./median.ts";
import { formatTable } from "./table.ts";

const post = object({
  id: u64Number,
  author: str,
  title: str,
  body: str,
  tags: list(str),
  likes: u32,
  picture: bytes,
  comments: list(object({ author: str, text: str, time: u64Number })),
});

const value = {
  id: 81_723,
  author: "alice",
  title: "A market on the square",
  body: "Bring what grew too well. ".repeat(20),
  tags: ["market", "garden", "saturday"],
  likes: 42,
  picture: new Uint8Array(randomBytes(512)),
  comments: Array.from({ length: 20 }, (_, index) => ({
    author: `neighbour${index}`,
    text: "I have plums and a ladder to spare.",
    time: 1_700_000_000_000 + index,
  })),
};

type Format = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly write: () => unknown;
  readonly readAll: () => unknown;
  readonly readOne: () => unknown;
};

function formats(): Format[] {
  const packed = post.pack(value);
  const msgpack = encodeMsgpack(value);
  const cborEncoder = new Encoder({ useRecords: false, tagUint8Array: false });
  const cborDecoder = new Decoder({ useRecords: false });
  const cbor = new Uint8Array(cborEncoder.encode(value));
  const json = new TextEncoder().encode(writeJson());
  return [
    {
      name: "fracpack",
      sizeBytes: packed.length,
      write: () => post.pack(value),
      readAll: () => post.unpack(packed),
      readOne: () => post.trustedView(packed).likes,
    },
    {
      name: "fracpack, validated view",
      sizeBytes: packed.length,
      write: () => post.pack(value),
      readAll: () => post.unpack(packed),
      readOne: () => {
        const view = post.view(packed);
        return view.ok ? view.value.likes : undefined;
      },
    },
    {
      name: "@msgpack/msgpack",
      sizeBytes: msgpack.length,
      write: () => encodeMsgpack(value),
      readAll: () => decodeMsgpack(msgpack),
      readOne: () => fieldOf(decodeMsgpack(msgpack)),
    },
    {
      name: "cbor-x",
      sizeBytes: cbor.length,
      write: () => cborEncoder.encode(value),
      readAll: () => cborDecoder.decode(cbor),
      readOne: () => fieldOf(cborDecoder.decode(cbor)),
    },
    {
      name: "JSON",
      sizeBytes: json.length,
      write: () => Buffer.from(writeJson()),
      readAll: () => {
        const read = readJson(json);
        if (typeof read.picture === "string") read.picture = Buffer.from(read.picture, "base64");
        return read;
      },
      readOne: () => readJson(json).likes,
    },
  ];
}

/** JSON has no bytes: they travel as base64, and a reader of the whole has to decode them. */
function writeJson(): string {
  return JSON.stringify({ ...value, picture: Buffer.from(value.picture).toString("base64") });
}

function fieldOf(read: unknown): unknown {
  return typeof read === "object" && read !== null && "likes" in read ? read.likes : undefined;
}

type JsonPost = Omit<typeof value, "picture"> & { picture: string | Uint8Array };

const parseJson: (text: string) => JsonPost = JSON.parse;
const utf8 = new TextDecoder();

function readJson(json: Uint8Array): JsonPost {
  return parseJson(utf8.decode(json));
}

const rounds = 7;
const roundMs = 150;
const operations = ["write", "readAll", "readOne"] as const;

type Operation = (typeof operations)[number];

function measure(all: readonly Format[]): Map<string, number> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const operation of operations) {
      for (const format of all) {
        const key = `${format.name} ${operation}`;
        samples.set(key, [...(samples.get(key) ?? []), nanosecondsOf(format[operation])]);
      }
    }
  }
  return new Map([...samples].map(([key, times]) => [key, medianOf(times)]));
}

function nanosecondsOf(operation: () => unknown): number {
  let count = 0;
  const start = performance.now();
  let now = start;
  for (; now - start < roundMs; now = performance.now()) {
    for (let i = 0; i < 100; i++) operation();
    count += 100;
  }
  return ((now - start) / count) * 1e6;
}

const all = formats();
const times = measure(all);
const timeOf = (name: string, operation: Operation): number =>
  times.get(`${name} ${operation}`) ?? Number.NaN;
const others = all.filter(({ name }) => !name.startsWith("fracpack"));
const rows = all.map(({ name, sizeBytes }) => [
  name,
  String(sizeBytes),
  ...operations.map((operation) => `${timeOf(name, operation).toFixed(0)} ns`),
]);
console.log(formatTable(["format", "bytes", "write", "read all", "read one field"], rows));
for (const operation of operations) {
  const best = Math.min(...others.map(({ name }) => timeOf(name, operation)));
  const ratio = best / timeOf("fracpack", operation);
  console.log(
    `${operation}: fracpack is ${ratio.toFixed(2)} times as fast as the best of the others`,
  );
}
