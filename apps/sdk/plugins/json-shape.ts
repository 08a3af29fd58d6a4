import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import { fromHex } from "../bytes.ts";

/** What a JSON value has to look like. What passes is a fresh value with nothing else in it. */
export type Shape<T> = {
  /** Undefined for what does not fit. */
  readonly parse: (value: unknown) => T | undefined;
};

type Optional<T> = Shape<T> & { readonly isOptional: true };

/** Text with so many characters, and none that is invisible or turns the others around. */
export function text(charsMax: number, charsMin = 0): Shape<string> {
  const fits = (value: unknown): value is string =>
    typeof value === "string" &&
    value.length <= charsMax &&
    value.length >= charsMin &&
    !/\p{C}/u.test(value);
  return { parse: (value) => (fits(value) ? value : undefined) };
}

export const flag: Shape<boolean> = {
  parse: (value) => (typeof value === "boolean" ? value : undefined),
};

export function whole(max: number): Shape<number> {
  const fits = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;
  return { parse: (value) => (fits(value) ? value : undefined) };
}

/** A number of 64 bits as psibase's JSON has it: as text. */
export const longWhole: Shape<number> = {
  parse: (value) => {
    const number = typeof value === "string" && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? Number(number) : undefined;
  },
};

export const account: Shape<AccountName> = parsedBy(parseAccountName);

/** Bytes as hex. */
export const hexBytes: Shape<Uint8Array> = parsedBy(fromHex);

/** Exactly one of these. */
export function oneOf<const Values extends readonly string[]>(
  ...values: Values
): Shape<Values[number]> {
  return { parse: (value) => values.find((each) => each === value) };
}

/** A text that a parser of the protocol takes, such as an account's name. */
export function parsedBy<T>(
  parse: (text: string) => { readonly ok: true; readonly value: T } | { readonly ok: false },
): Shape<T> {
  return {
    parse: (value) => {
      if (typeof value !== "string") return undefined;
      const parsed = parse(value);
      return parsed.ok ? parsed.value : undefined;
    },
  };
}

export function listOf<T>(inner: Shape<T>, lengthMax: number): Shape<readonly T[]> {
  return {
    parse: (value) => {
      if (!Array.isArray(value) || value.length > lengthMax) return undefined;
      const parsed: T[] = [];
      for (const each of value) {
        const one = inner.parse(each);
        if (one === undefined) return undefined;
        parsed.push(one);
      }
      return parsed;
    },
  };
}

/** A member that may be left out, or be null, as psibase's JSON has it. */
export function maybe<T>(inner: Shape<T>): Optional<T> {
  return { ...inner, isOptional: true };
}

type Members = Readonly<Record<string, Shape<unknown>>>;
type ValueOf<S> = S extends Shape<infer T> ? T : never;
type OptionalNames<M extends Members> = {
  [Name in keyof M]: M[Name] extends Optional<unknown> ? Name : never;
}[keyof M];
type Flat<T> = { readonly [Name in keyof T]: T[Name] };
type RecordOf<M extends Members> = Flat<
  { [Name in Exclude<keyof M, OptionalNames<M>>]: ValueOf<M[Name]> } & {
    [Name in OptionalNames<M>]?: ValueOf<M[Name]>;
  }
>;

export function record<const M extends Members>(members: M): Shape<RecordOf<M>>;
export function record(members: Members): Shape<object> {
  return {
    parse: (value) => {
      if (typeof value !== "object" || value === null) return undefined;
      const parsed: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(members)) {
        const given: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
        if ((given === undefined || given === null) && "isOptional" in member) continue;
        const one = member.parse(given);
        if (one === undefined) return undefined;
        parsed[name] = one;
      }
      return parsed;
    },
  };
}

/** The first of these that fits. */
export function either<const Shapes extends readonly Shape<unknown>[]>(
  ...shapes: Shapes
): Shape<ValueOf<Shapes[number]>>;
export function either(...shapes: readonly Shape<unknown>[]): Shape<unknown> {
  return {
    parse: (value) => {
      for (const shape of shapes) {
        const parsed = shape.parse(value);
        if (parsed !== undefined) return parsed;
      }
      return undefined;
    },
  };
}

/** A value out of its JSON text; undefined for what is no JSON, or does not fit. */
export function parseShaped<T>(shape: Shape<T>, json: string): T | undefined {
  try {
    return shape.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}
