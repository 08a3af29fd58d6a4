import { canCompile, exchange, putText, validTextOf } from "#native";

import type { Plain } from "./plain.ts";
import { packSource, readSource, unpackSource, writeSource } from "./quick-source.ts";

/** A field of an object, with its place behind the size of the fixed area. */
export type QuickField = {
  readonly key: string;
  readonly place: number;
  readonly plain: Plain;
};

/**
 * Reads and writes one type of object in straight lines of code. Both give up (undefined) on whatever is not the plain
 * case: bytes that are malformed or made by another version, values that do not fit the buffer. The layouts then say
 * what is right, so this changes how quick an answer is and never which one.
 */
export type Quick = {
  readonly unpack: (packed: Uint8Array) => object | undefined;
  readonly pack: (value: never) => Uint8Array | undefined;
  /** The same at the start of the exchange, where nothing in the type asks the machine for anything. */
  readonly exchanged?: Exchanged;
  /** Makes the code now, and not when it is first needed. */
  readonly prepare: () => void;
};

/** Reads and writes values without a copy where guest and machine exchange bytes. */
export type Exchanged<T = unknown> = {
  read(sizeBytes: number): T | undefined;
  /** How many bytes were written. */
  write(value: T): number | undefined;
  prepare(): void;
};

const bufferBytes = 16 * 1024;

/** Undefined where code cannot be made (pages with a strict policy), or gains nothing (compiling runtimes). */
export function quickObject(fields: readonly QuickField[], fixedBytes: number): Quick | undefined {
  return canCompile ? compiledLater(fields, fixedBytes) : undefined;
}

/** Code that is made when it is first needed takes its own place then, so that nothing is asked twice. */
function compiledLater(fields: readonly QuickField[], fixedBytes: number): Quick {
  const makeNow = (): void => void Object.assign(quick, compileObject(fields, fixedBytes));
  const quick: Mutable<Quick> = {
    unpack: (packed) => {
      makeNow();
      return quick.unpack(packed);
    },
    pack: (value) => {
      makeNow();
      return quick.pack(value);
    },
    prepare: makeNow,
  };
  if (exchange !== undefined && asksNothing(fields, fixedBytes, exchange)) {
    quick.exchanged = exchangedLater(fields, fixedBytes, exchange);
  }
  return quick;
}

function exchangedLater(
  fields: readonly QuickField[],
  fixedBytes: number,
  view: DataView,
): Exchanged {
  const makeNow = (): void =>
    void Object.assign(exchanged, compileExchanged(fields, fixedBytes, view));
  const exchanged: Mutable<Exchanged> = {
    read: (sizeBytes) => {
      makeNow();
      return exchanged.read(sizeBytes);
    },
    write: (value) => {
      makeNow();
      return exchanged.write(value);
    },
    prepare: makeNow,
  };
  return exchanged;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** `quickObject` wherever code can be made. */
export function compileObject(fields: readonly QuickField[], fixedBytes: number): Quick {
  const { buffer, out } = scratch();
  const given = { ...meansOf(fields), textOf: validTextOf, putText, buffer, out };
  return {
    unpack: compile(unpackSource(fields, fixedBytes), given),
    pack: compile(packSource(fields, fixedBytes, bufferBytes), given),
    prepare: () => undefined,
  };
}

/** For fields that `asksNothing` allows. */
export function compileExchanged(
  fields: readonly QuickField[],
  fixedBytes: number,
  view: DataView,
): Exchanged {
  const given = { ...meansOf(fields), view, out: view };
  return {
    read: compile(readSource(fields, fixedBytes), given),
    write: compile(writeSource(fields, fixedBytes), given),
    prepare: () => undefined,
  };
}

/** Whoever asks the machine for a text finds the answer where the rest of the value was. */
function asksNothing(
  fields: readonly QuickField[],
  fixedBytes: number,
  { byteLength }: DataView,
): boolean {
  const variable = fields.some(({ plain }) => plain.kind === "text" || plain.kind === "bytes");
  const asking = fields.some(({ plain }) => plain.kind === "other" && plain.known === undefined);
  return !variable && !asking && 2 + fixedBytes <= byteLength;
}

/** What the code of each field may use. */
function meansOf(fields: readonly QuickField[]): object {
  const others = fields.map(({ plain }) => (plain.kind === "other" ? plain : undefined));
  return { others };
}

function compile(code: string, given: object): never {
  const names = Object.keys(given);
  // oxlint-disable-next-line no-implied-eval, no-unsafe-type-assertion -- made of numbers and quoted names only
  return new Function(...names, code)(...Object.values(given)) as never;
}

type Scratch = { readonly buffer: Uint8Array; readonly out: DataView };
let made: Scratch | undefined;

/** One for all: plain objects are packed one at a time. */
function scratch(): Scratch {
  if (made === undefined) {
    const buffer = new Uint8Array(bufferBytes);
    made = { buffer, out: new DataView(buffer.buffer) };
  }
  return made;
}
