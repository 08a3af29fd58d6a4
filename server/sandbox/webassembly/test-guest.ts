import { packText } from "@kith/protocol/texts";

import {
  body,
  encodeModule,
  exported,
  importedFunction,
  i32,
  op,
  type,
  u32,
  type Bytes,
} from "../wasm/test-module.ts";

/** Where the modules that are made here keep their region and what they say of themselves. */
export const testRegionAt = 65_536;
export const testDefinitionAt = 2 * 65_536;
/** Bytes that nothing here uses: for the module's own texts. */
export const testScratchAt = 1024;

/** A service written by hand; what is left out is as it should be. */
export type TestGuest = {
  readonly definition?: string;
  /** What `kith_run` does; `locals` are i32. */
  readonly run?: Bytes;
  readonly locals?: number;
  readonly serves?: Bytes;
  readonly regionAt?: Bytes;
  readonly definitionAt?: Bytes;
  readonly definitionSize?: Bytes;
  readonly pages?: number;
  readonly pagesMax?: number;
  /** What is in memory from the start, by address. */
  readonly texts?: readonly (readonly [number, string | Uint8Array])[];
  /** The import's names. */
  readonly host?: readonly [string, string];
};

export const emptySchema = { service: "x", types: {}, actions: {}, history: {}, merkle: {} };

export function testDefinition(schema: object = emptySchema, more: object = {}): string {
  return JSON.stringify({ name: "x", tables: [], ...more, schema: JSON.stringify(schema) });
}

export function encodeGuest(guest: TestGuest = {}): Uint8Array<ArrayBuffer> {
  const { definition = testDefinition(), run = [], locals = 0, texts = [] } = guest;
  const size = packText(definition).length;
  const { pages = 4, pagesMax } = guest;
  const [from, name] = guest.host ?? ["kith", "host"];
  return encodeModule({
    types: [type([], []), type([], [i32]), type([i32], [])],
    imports: [importedFunction(from, name, 2)],
    functions: [1, 1, 1, 1, 0],
    memories: [pagesMax === undefined ? [0, ...u32(pages)] : [1, ...u32(pages), ...u32(pagesMax)]],
    exports: [
      exported("kith_region", 0, 1),
      exported("kith_definition", 0, 2),
      exported("kith_definition_size", 0, 3),
      exported("kith_serves", 0, 4),
      exported("kith_run", 0, 5),
    ],
    bodies: [
      gives(guest.regionAt, testRegionAt),
      gives(guest.definitionAt, testDefinitionAt),
      gives(guest.definitionSize, size),
      gives(guest.serves, 0),
      body(run, locals === 0 ? [] : [[locals, i32]]),
    ],
    data: [[testDefinitionAt, definition] as const, ...texts].map(([at, text]) =>
      segment(at, text),
    ),
  });
}

function gives(given: Bytes | undefined, otherwise: number): Bytes {
  return body(given ?? op.const(otherwise));
}

function segment(at: number, content: string | Uint8Array): Bytes {
  const bytes = typeof content === "string" ? packText(content) : content;
  return [0, ...op.const(at), ...op.end, ...u32(bytes.length), ...bytes];
}

/** Code that writes and reads words of the region's header, asks the host, and ends the call. */
export const guestCode = {
  setWord: (word: number, value: Bytes): Bytes => [
    ...op.const(testRegionAt + 4 * word),
    ...value,
    ...op.i32Store,
  ],
  word: (word: number): Bytes => [...op.const(testRegionAt + 4 * word), ...op.i32Load],
  host: (operation: number): Bytes => [...op.const(operation), ...op.call(0)],
  forever: (...code: readonly Bytes[]): Bytes => op.loop(0x40, ...code, op.branch(0)),
} as const;
