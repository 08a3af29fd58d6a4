import {
  deeper,
  enterPointer,
  fail,
  fixedLayout,
  variableLayout,
  type Layout,
  type Reader,
  type Source,
} from "./layout.ts";
import { quickObject, type Quick, type QuickField } from "./quick.ts";
import type { Writer } from "./writer.ts";

/** A member by its name, or of a tuple by its position. */
export type Field = { readonly key: string | number; readonly layout: Layout };

/** A field with its place in the fixed area. */
type Placed = Field & {
  readonly place: number;
  readonly end: number;
  /** The name is one that every object inherits, so that reading it has to look whether it is there. */
  readonly inherited: boolean;
};

type Plan = {
  readonly fields: readonly Placed[];
  /** Size of the whole fixed area. */
  readonly fixedBytes: number;
  /** What an absent optional field becomes: undefined leaves it out of objects; JSON has null. */
  readonly absent: undefined | null;
  readonly isTuple: boolean;
};

export type Values = { readonly [key: string | number]: unknown };

/** Lets the type checker see a tuple as values by position. */
const noNames: Values = {};

export type ObjectOptions = { readonly absent: undefined | null; readonly isTuple: boolean };

/** An extensible object or tuple: the u16 size of the fixed area, the area, then what its pointers lead to. */
export function extensibleLayout(fields: readonly Field[], options: ObjectOptions): Layout<Values> {
  const plan = planOf(fields, options);
  if (plan.fixedBytes > 0xffff) throw new RangeError("more than 65535 bytes of fixed fields");
  const open = viewOpener(plan);
  return variableLayout<Values>({
    quick: quickOf(plan),
    append: (out, value) => {
      const present = presentFields(plan, value);
      const size = plan.fields[present - 1]?.end ?? 0;
      const at = out.reserve(2 + size);
      out.setU16(at, size);
      putFields(out, at + 2, plan.fields, value, present);
    },
    checkWhole: (input) => deeper(input, (reader) => checkExtensible(reader, plan)),
    read: (source, at) => getFields(source, at + 2, plan, source.view.getUint16(at, true)),
    viewWhole: (source, at) => open(source, at + 2, source.view.getUint16(at, true)),
  });
}

function quickOf({ fields, fixedBytes, isTuple, absent }: Plan): Quick | undefined {
  if (isTuple || absent === null) return undefined;
  const quick: QuickField[] = [];
  for (const { key, place, inherited, layout } of fields) {
    if (layout.plain === undefined || inherited || typeof key !== "string") return undefined;
    quick.push({ key, place, plain: layout.plain });
  }
  return quickObject(quick, fixedBytes);
}

/** A struct that never gains a field: fixed when all of its members are. */
export function structLayout(fields: readonly Field[], options: ObjectOptions): Layout<Values> {
  const plan = planOf(fields, options);
  const { fixedBytes } = plan;
  const open = viewOpener(plan);
  const get = (source: Source, at: number): Values => getFields(source, at, plan, fixedBytes);
  const check = (input: Reader, at: number): boolean => checkFields(input, at, plan, fields.length);
  const put = (out: Writer, at: number, value: Values): void =>
    putFields(out, at, plan.fields, value, fields.length);
  if (!fields.some(({ layout }) => layout.variable)) {
    return {
      ...fixedLayout<Values>(fixedBytes, { put, check, get }),
      view: (source, at) => open(source, at, fixedBytes),
      viewWhole: (source, at) => open(source, at, fixedBytes),
    };
  }
  return variableLayout<Values>({
    append: (out, value) => put(out, out.reserve(fixedBytes), value),
    checkWhole: (input) =>
      deeper(input, (reader) => {
        const at = reader.pos;
        if (at + fixedBytes > reader.end) return fail(reader, "fracpack-out-of-bounds", at);
        reader.pos = at + fixedBytes;
        reader.known = true;
        return check(reader, at);
      }),
    read: get,
    viewWhole: (source, at) => open(source, at, fixedBytes),
  });
}

function planOf(fields: readonly Field[], options: ObjectOptions): Plan {
  let place = 0;
  const placed = fields.map(({ key, layout }) => {
    const at = place;
    place += layout.fixedBytes;
    const inherited = typeof key === "string" && key in Object.prototype;
    return { key, layout, place: at, end: place, inherited };
  });
  return { ...options, fields: placed, fixedBytes: place };
}

/** Trailing optional fields without a value are not written. */
function presentFields(plan: Plan, value: Values): number {
  let present = plan.fields.length;
  for (; present > 0; present--) {
    const field = plan.fields[present - 1];
    if (field === undefined || !field.layout.optional) break;
    const held = pick(value, field);
    if (held !== undefined && held !== null) break;
  }
  return present;
}

function pick(value: Values, field: Placed): unknown {
  if (field.inherited && !Object.hasOwn(value, field.key)) return undefined;
  return value[field.key];
}

/** Fields in order; each puts its variable part behind everything that is already written. */
// oxlint-disable-next-line max-params -- the hottest loop of packing takes what it needs unboxed
function putFields(
  out: Writer,
  start: number,
  fields: readonly Placed[],
  value: Values,
  present: number,
): void {
  for (let i = 0; i < present; i++) {
    const field = fields[i];
    if (field !== undefined) field.layout.put(out, start + field.place, pick(value, field));
  }
}

function getFields(source: Source, start: number, plan: Plan, size: number): Values {
  if (plan.isTuple) {
    const area = { size, absent: plan.absent };
    const members = plan.fields.map((field) => getField(source, start, field, area));
    return Object.assign(members, noNames);
  }
  const value: Record<string | number, unknown> = {};
  for (const field of plan.fields) {
    if (field.end <= size) {
      const held = field.layout.get(source, start + field.place);
      if (held !== undefined) value[field.key] = held;
    } else if (plan.absent === null) {
      value[field.key] = null;
    }
  }
  return value;
}

function checkExtensible(input: Reader, plan: Plan): boolean {
  const at = input.pos;
  if (at + 2 > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const size = input.view.getUint16(at, true);
  const start = at + 2;
  if (start + size > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const present = fieldsWithin(input, plan, start, size);
  if (present === undefined) return false;
  if (lastIsEmptyOption(input, plan, start, { size, present })) {
    return fail(input, "fracpack-last-option-empty", at);
  }
  input.pos = start + size;
  input.known = true;
  if (!checkFields(input, start, plan, present)) return false;
  return checkUnknownFields(input, start + plan.fixedBytes, start + size);
}

/** How many fields of the plan lie in the fixed area; those that do not have to be optional. */
function fieldsWithin(input: Reader, plan: Plan, start: number, size: number): number | undefined {
  let present = 0;
  for (const field of plan.fields) {
    if (field.end > size) break;
    present++;
  }
  if (present === plan.fields.length) return present;
  if (size !== (plan.fields[present - 1]?.end ?? 0)) {
    fail(input, "fracpack-bad-size", start);
    return undefined;
  }
  for (let i = present; i < plan.fields.length; i++) {
    if (plan.fields[i]?.layout.optional === true) continue;
    fail(input, "fracpack-field-missing", start);
    return undefined;
  }
  return present;
}

/** The last thing in the fixed area must not be an option without a value: it has to be left out instead. */
function lastIsEmptyOption(
  input: Reader,
  plan: Plan,
  start: number,
  area: { readonly size: number; readonly present: number },
): boolean {
  if (area.size >= plan.fixedBytes + 4) {
    return input.view.getUint32(start + area.size - 4, true) === 1;
  }
  const last = plan.fields[area.present - 1];
  return last?.layout.optional === true && input.view.getUint32(start + last.place, true) === 1;
}

function checkFields(input: Reader, start: number, plan: Plan, present: number): boolean {
  for (let i = 0; i < present; i++) {
    const field = plan.fields[i];
    if (field !== undefined && !field.layout.check(input, start + field.place)) return false;
  }
  return true;
}

/** Fields of a newer version: options of a type that nobody here knows. */
function checkUnknownFields(input: Reader, start: number, end: number): boolean {
  for (let place = start; place < end; place += 4) {
    if (place + 4 > end) return fail(input, "fracpack-bad-size", place);
    const offset = input.view.getUint32(place, true);
    if (offset <= 1) continue;
    if (!enterPointer(input, place, offset)) return false;
    input.known = false;
  }
  return true;
}

function getField(
  source: Source,
  start: number,
  field: Placed,
  area: { readonly size: number; readonly absent: undefined | null },
): unknown {
  if (field.end > area.size) return area.absent;
  return field.layout.get(source, start + field.place);
}

type OpenView = (source: Source, start: number, size: number) => Values;

const viewSource = Symbol("source");
const viewStart = Symbol("start");
const viewSize = Symbol("size");

class ObjectView {
  readonly [viewSource]: Source;
  readonly [viewStart]: number;
  readonly [viewSize]: number;
  constructor(source: Source, start: number, size: number) {
    this[viewSource] = source;
    this[viewStart] = start;
    this[viewSize] = size;
  }
}

/** A class with one getter a field: each reads its place and nothing else. */
function viewOpener(plan: Plan): OpenView {
  class View extends ObjectView {
    readonly [key: string | number]: unknown;
  }
  for (const { key, layout, place, end } of plan.fields) {
    const { absent } = plan;
    Object.defineProperty(View.prototype, key, {
      enumerable: true,
      get(this: ObjectView): unknown {
        if (end > this[viewSize]) return absent;
        return layout.view(this[viewSource], this[viewStart] + place);
      },
    });
  }
  return (source, start, size) => new View(source, start, size);
}
