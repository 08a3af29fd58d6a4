import { canCompile, putText, validTextOf } from "#native";

import type { Plain } from "./plain.ts";

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
  /** Makes the code now, and not when it is first needed. */
  readonly prepare: () => void;
};

const bufferBytes = 16 * 1024;

/** Undefined where code cannot be made (pages with a strict policy), or gains nothing (compiling runtimes). */
export function quickObject(fields: readonly QuickField[], fixedBytes: number): Quick | undefined {
  if (!canCompile) return undefined;
  let compiled: Quick | undefined;
  const quick = (): Quick => (compiled ??= compileObject(fields, fixedBytes));
  return {
    unpack: (packed) => quick().unpack(packed),
    pack: (value) => quick().pack(value),
    prepare: () => void quick(),
  };
}

/** `quickObject` wherever code can be made. */
export function compileObject(fields: readonly QuickField[], fixedBytes: number): Quick {
  const others = fields.map(({ plain }) => (plain.kind === "other" ? plain : undefined));
  const { buffer, out } = scratch();
  const given = [others, validTextOf, putText, buffer, out] as const;
  const names = ["others", "textOf", "putText", "buffer", "out"];
  const compile = (code: string): never => {
    // oxlint-disable-next-line no-implied-eval, no-unsafe-type-assertion -- made of numbers and quoted names only
    return new Function(...names, code)(...given) as never;
  };
  return {
    unpack: compile(unpackSource(fields, fixedBytes)),
    pack: compile(packSource(fields, fixedBytes)),
    prepare: () => undefined,
  };
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

function unpackSource(fields: readonly QuickField[], fixedBytes: number): string {
  const start = 2 + fixedBytes;
  const reads = fields.map(({ place, plain }, i) => readSource(plain, i, 2 + place));
  const members = fields.map(({ key }, i) => `${JSON.stringify(key)}: f${i}`);
  return `return (data) => {
    const end = data.length;
    const view = new DataView(data.buffer, data.byteOffset, end);
    if (end < ${start} || view.getUint16(0, true) !== ${fixedBytes}) return undefined;
    let pos = ${start};
    ${reads.join("\n")}
    return pos === end ? { ${members.join(", ")} } : undefined;
  };`;
}

function readSource(plain: Plain, i: number, at: number): string {
  switch (plain.kind) {
    case "number":
      return `const f${i} = view.get${plain.access}(${at}, true);`;
    case "wide":
      return `const h${i} = view.getUint32(${at + 4}, true);
        if (h${i} > 2097151) return undefined;
        const f${i} = view.getUint32(${at}, true) + 4294967296 * h${i};`;
    case "bool":
      return `if (data[${at}] > 1) return undefined; const f${i} = data[${at}] === 1;`;
    case "text":
    case "bytes":
      return readVariable(plain, i, at);
    case "other":
      return `const f${i} = others[${i}].read(view, ${at}); if (f${i} === undefined) return undefined;`;
  }
}

/** A pointer to the end of what was read so far; 0 for the empty value, which has no bytes. */
function readVariable(
  { kind, bytesMax }: Extract<Plain, { readonly bytesMax: number }>,
  i: number,
  at: number,
): string {
  const empty = kind === "text" ? '""' : "new Uint8Array(0)";
  const read =
    kind === "text"
      ? `f${i} = textOf(data, start, pos); if (f${i} === undefined) return undefined;`
      : `f${i} = data.subarray(start, pos);`;
  return `let f${i} = ${empty};
    const o${i} = view.getUint32(${at}, true);
    if (o${i} !== 0) {
      const start = pos + 4;
      if (${at} + o${i} !== pos || start > end) return undefined;
      const size = view.getUint32(pos, true);
      if (size === 0 || size > ${bytesMax} || start + size > end) return undefined;
      pos = start + size;
      ${read}
    }`;
}

function packSource(fields: readonly QuickField[], fixedBytes: number): string {
  const start = 2 + fixedBytes;
  const writes = fields.map(({ key, place, plain }, i) =>
    writeSource(plain, i, { at: 2 + place, value: `value[${JSON.stringify(key)}]` }),
  );
  if (start > bufferBytes) return "return () => undefined;";
  return `return (value) => {
    let pos = ${start};
    out.setUint16(0, ${fixedBytes}, true);
    ${writes.join("\n")}
    return buffer.slice(0, pos);
  };`;
}

function writeSource(
  plain: Plain,
  i: number,
  { at, value }: { readonly at: number; readonly value: string },
): string {
  switch (plain.kind) {
    case "number":
      return `out.set${plain.access}(${at}, ${value}, true);`;
    case "wide":
      return `const v${i} = ${value};
        out.setUint32(${at}, v${i} >>> 0, true);
        out.setUint32(${at + 4}, Math.floor(v${i} / 4294967296), true);`;
    case "bool":
      return `out.setUint8(${at}, ${value} ? 1 : 0);`;
    case "other":
      return `others[${i}].write(out, ${at}, ${value});`;
    case "text":
      return writeVariable(i, at, {
        value,
        sizeMax: `3 * v${i}.length`,
        put: `putText(buffer, pos + 4, v${i})`,
      });
    case "bytes":
      return writeVariable(i, at, {
        value,
        sizeMax: `v${i}.length`,
        put: `(buffer.set(v${i}, pos + 4), v${i}.length)`,
      });
  }
}

function writeVariable(
  i: number,
  at: number,
  how: { readonly value: string; readonly sizeMax: string; readonly put: string },
): string {
  return `const v${i} = ${how.value};
    if (v${i}.length === 0) out.setUint32(${at}, 0, true);
    else {
      if (pos + 4 + ${how.sizeMax} > ${bufferBytes}) return undefined;
      out.setUint32(${at}, pos - ${at}, true);
      const size = ${how.put};
      out.setUint32(pos, size, true);
      pos += 4 + size;
    }`;
}
