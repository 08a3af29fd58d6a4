import {
  guestEntries,
  guestOutcomes,
  hostOperations,
  regionWindowAt,
} from "@kith/protocol/guest-abi";
import { httpReplyCodec } from "@kith/protocol/http-message";
import { packText } from "@kith/protocol/texts";
import {
  encodeGuest,
  guestCode,
  testDefinition,
  testRegionAt,
  testScratchAt,
} from "@kith/sandbox/test-guest";
import { op, type Bytes } from "@kith/sandbox/test-module";

const u32 = { Int: { bits: 32, isSigned: false } };
const u64 = { Int: { bits: 64, isSigned: false } };

export const countMax = 1000;

/** What the module says of itself; `more` are fields of its row behind the others. */
function definitionOf(more: object): string {
  const row = { Object: { id: { Int: { bits: 8, isSigned: false } }, count: u32, ...more } };
  const schema = {
    service: "counter",
    types: { Counter: row },
    actions: {
      add: { params: { Object: { by: u32 } }, result: u32 },
      nan: { params: { Object: {} }, result: u64 },
    },
    history: {},
    merkle: {},
  };
  const tables = [{ name: "counters", rowType: "Counter", indexes: [["id"]] }];
  return testDefinition(schema, { name: "counter", tables });
}

const window = testRegionAt + regionWindowAt;
const tooMany = "count-too-large\na counter ends at a thousand";
const reply = httpReplyCodec.pack({
  status: 200,
  contentType: "text/plain",
  headers: [],
  body: packText("a counter in WebAssembly"),
});
const texts = { tooMany: testScratchAt, reply: testScratchAt + 1024 };
const count = 0;

const store8 = (at: number, value: number): Bytes => [
  ...op.const(at),
  ...op.const(value),
  0x3a,
  0,
  0,
];
/** Of any alignment. */
const load = (at: number): Bytes => [...op.const(at), 0x28, 0, 0];
const store = (at: number, value: Bytes): Bytes => [...op.const(at), ...value, 0x36, 0, 0];
const equal: Bytes = [0x46];
const above: Bytes = [0x4b];

const finish = (outcome: number, sizeBytes: number): Bytes => [
  ...guestCode.setWord(1, op.const(sizeBytes)),
  ...guestCode.setWord(0, op.const(outcome)),
  ...op.return,
];

const give = (from: number, sizeBytes: number): Bytes => [
  ...op.const(window),
  ...op.const(from),
  ...op.const(sizeBytes),
  ...op.memoryCopy,
];

/** A counter that anybody adds to, written as a compiler of another language would. */
export function counterModule(
  options: { readonly step?: number; readonly more?: object } = {},
): Uint8Array {
  const { step = 1, more = {} } = options;
  // Arguments are the object's size in two bytes, then `by`; the row the same, then `id` and `count`.
  const counting: Bytes = [
    ...load(window + 2),
    ...op.const(step),
    0x6c,
    ...op.set(count),
    ...store8(window, 0),
    ...guestCode.setWord(1, op.const(1)),
    ...guestCode.setWord(2, op.const(0)),
    ...guestCode.host(hostOperations.get),
    ...guestCode.word(0),
    ...op.const(0),
    0x4e,
    ...op.if(0x40, [...load(window + 3), ...op.get(count), ...op.i32Add, ...op.set(count)]),
    ...op.get(count),
    ...op.const(countMax),
    ...above,
    ...op.if(0x40, [
      ...give(texts.tooMany, tooMany.length),
      ...finish(guestOutcomes.aborted, tooMany.length),
    ]),
    ...store8(window, 5),
    ...store8(window + 1, 0),
    ...store8(window + 2, 0),
    ...store(window + 3, op.get(count)),
    ...guestCode.setWord(1, op.const(7)),
    ...guestCode.setWord(2, op.const(0)),
    ...guestCode.host(hostOperations.put),
    ...store(window, op.get(count)),
    ...finish(guestOutcomes.done, 4),
  ];
  return encodeGuest({
    definition: definitionOf(more),
    locals: 1,
    serves: op.const(1),
    texts: [
      [texts.tooMany, tooMany],
      [texts.reply, reply],
    ],
    run: [
      ...guestCode.word(0),
      ...op.const(guestEntries.serve),
      ...equal,
      ...op.if(0x40, [
        ...give(texts.reply, reply.length),
        ...finish(guestOutcomes.done, reply.length),
      ]),
      ...guestCode.word(2),
      ...op.if(0x40, nanBits),
      ...counting,
    ],
  });
}

/** The bits of a NaN that arithmetic made out of one with other bits. */
const nanBits: Bytes = [
  ...op.const(window),
  ...op.const64(0x7ff4_0000_dead_beefn),
  0xbf,
  0x44,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0xa0,
  0xbd,
  0x37,
  0,
  0,
  ...finish(guestOutcomes.done, 8),
];
