import { arrayLayout, listLayout, nestedLayout, optionLayout } from "../fracpack/containers.ts";
import { extensibleLayout, structLayout, type Field } from "../fracpack/objects.ts";
import { variantLayout, type Alternative } from "../fracpack/variants.ts";
import {
  acceptPart,
  isList,
  isRecord,
  reject,
  startAttempt,
  type Attempt,
  type JsonType,
} from "./json-type.ts";

export type Member = { readonly name: string; readonly type: JsonType };

const noLimit = 0xffff_ffff;
const objectOptions = { absent: null, isTuple: false } as const;
const tupleOptions = { absent: null, isTuple: true } as const;

export function objectType(members: readonly Member[]): JsonType {
  return {
    layout: extensibleLayout(fieldsOf(members), objectOptions),
    accepts: acceptMembers(members),
  };
}

export function structType(members: readonly Member[]): JsonType {
  return {
    layout: structLayout(fieldsOf(members), objectOptions),
    fixedValues: members.reduce((sum, { type }) => sum + valuesOf(type), 0),
    accepts: acceptMembers(members),
  };
}

export function tupleType(types: readonly JsonType[]): JsonType {
  const fields = types.map(({ layout }, key) => ({ key, layout }));
  return {
    layout: extensibleLayout(fields, tupleOptions),
    accepts: (value, attempt) => {
      if (!isList(value) || value.length > types.length) {
        return reject(attempt, `a list of ${types.length}`);
      }
      return types.every((type, i) => acceptMember(attempt, i, type, value[i]));
    },
  };
}

export function listType(element: JsonType): JsonType {
  return {
    layout: listLayout(element.layout, noLimit),
    accepts: (value, attempt) => {
      if (!isList(value)) return reject(attempt, "a list");
      return value.every((part, i) => acceptPart(attempt, i, element, part));
    },
  };
}

export function arrayType(element: JsonType, length: number): JsonType {
  return {
    layout: arrayLayout(element.layout, length),
    fixedValues: element.layout.variable ? 1 : length * valuesOf(element),
    accepts: (value, attempt) => {
      if (!isList(value) || value.length !== length) return reject(attempt, `a list of ${length}`);
      return value.every((part, i) => acceptPart(attempt, i, element, part));
    },
  };
}

/** null, or the value as it is. */
export function optionType(inner: JsonType): JsonType {
  return {
    layout: optionLayout<unknown, null>(inner.layout, null),
    accepts: (value, attempt) => value === null || inner.accepts(value, attempt),
  };
}

export function nestedType(inner: JsonType): JsonType {
  return {
    layout: nestedLayout(inner.layout),
    accepts: (value, attempt) => inner.accepts(value, attempt),
  };
}

/** `{ "name": value }`; of alternatives whose names begin with `@` the value alone. */
export function variantType(members: readonly Member[]): JsonType {
  const alternatives: Alternative[] = members.map(({ name, type: { layout } }) => ({
    name,
    layout,
  }));
  return {
    layout: variantLayout<unknown>(alternatives, {
      choose: (value) => {
        const chosen = chooseAlternative(members, value, startAttempt());
        if (chosen === undefined) throw new TypeError("a value that was never accepted");
        return chosen;
      },
      make: ({ name }, value) => (isUntagged(name) ? value : { [name]: value }),
    }),
    accepts: (value, attempt) => chooseAlternative(members, value, attempt) !== undefined,
  };
}

function chooseAlternative(
  members: readonly Member[],
  value: unknown,
  attempt: Attempt,
): { readonly index: number; readonly value: unknown } | undefined {
  const tagged = isRecord(value) ? taggedAlternative(members, value) : undefined;
  if (tagged !== undefined) {
    const { index, member } = tagged;
    const inner = isRecord(value) ? value[member.name] : undefined;
    if (!acceptPart(attempt, member.name, member.type, inner)) return undefined;
    return { index, value: inner };
  }
  for (const [index, { name, type }] of members.entries()) {
    if (!isUntagged(name)) continue;
    const alone: Attempt = { path: attempt.path, nodes: attempt.nodes, error: undefined };
    const fits = acceptPart(alone, name, type, value);
    attempt.nodes = alone.nodes;
    if (fits) return { index, value };
  }
  reject(attempt, `one of ${members.map(({ name }) => name).join(", ")}`);
  return undefined;
}

function taggedAlternative(
  members: readonly Member[],
  value: { readonly [name: string]: unknown },
): { readonly index: number; readonly member: Member } | undefined {
  const names = Object.keys(value);
  const index = members.findIndex(({ name }) => name === names[0]);
  const member = members[index];
  if (names.length !== 1 || member === undefined || isUntagged(member.name)) return undefined;
  return { index, member };
}

function acceptMembers(members: readonly Member[]): JsonType["accepts"] {
  const known = new Set(members.map(({ name }) => name));
  return (value, attempt) => {
    if (!isRecord(value)) return reject(attempt, "an object");
    const unknown = Object.keys(value).find((name) => !known.has(name));
    if (unknown !== undefined) return reject(attempt, `no member named ${unknown.slice(0, 80)}`);
    return members.every(({ name, type }) => {
      const held = Object.hasOwn(value, name) ? value[name] : undefined;
      return acceptMember(attempt, name, type, held);
    });
  };
}

function acceptMember(
  attempt: Attempt,
  key: string | number,
  type: JsonType,
  value: unknown,
): boolean {
  if (value !== undefined) return acceptPart(attempt, key, type, value);
  if (type.layout.optional) return true;
  return reject(attempt, `a member ${key}`);
}

function fieldsOf(members: readonly Member[]): readonly Field[] {
  return members.map(({ name, type: { layout } }) => ({ key: name, layout }));
}

function isUntagged(name: string): boolean {
  return name.startsWith("@");
}

/** An empty struct counts too: looking at it takes its time. */
function valuesOf(type: JsonType): number {
  return Math.max(1, type.layout.variable ? 1 : (type.fixedValues ?? 1));
}
