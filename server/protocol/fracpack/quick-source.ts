import type { Plain } from "./plain.ts";
import type { QuickField } from "./quick.ts";

/** The code that `quick.ts` makes: straight lines, one piece for each field. */

export function unpackSource(fields: readonly QuickField[], fixedBytes: number): string {
  const start = 2 + fixedBytes;
  const reads = fields.map(({ place, plain }, i) => readField(plain, i, 2 + place));
  const members = fields.map(({ key }, i) => `${JSON.stringify(key)}: f${i}`);
  return `${knownSource(fields)}
  return (data) => {
    const end = data.length;
    const view = new DataView(data.buffer, data.byteOffset, end);
    if (end < ${start} || view.getUint16(0, true) !== ${fixedBytes}) return undefined;
    let pos = ${start};
    ${reads.join("\n")}
    return pos === end ? { ${members.join(", ")} } : undefined;
  };`;
}

function readField(plain: Plain, i: number, at: number): string {
  switch (plain.kind) {
    case "number":
      return `const f${i} = view.get${plain.access}(${at}, true);`;
    case "wide":
      return `const h${i} = view.getUint32(${at + 4}, true);
        if (h${i} > 2097151) return undefined;
        const f${i} = view.getUint32(${at}, true) + 4294967296 * h${i};`;
    case "bool":
      return `const b${i} = view.getUint8(${at}); if (b${i} > 1) return undefined; const f${i} = b${i} === 1;`;
    case "text":
    case "bytes":
      return readVariable(plain, i, at);
    case "other": {
      const read = `others[${i}].read(view, ${at})`;
      const known = `values${i}.get(view.getBigUint64(${at}, true)) ?? ${read}`;
      return `const f${i} = ${plain.known === undefined ? read : known}; if (f${i} === undefined) return undefined;`;
    }
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

/** `sizeBytes` of a value are at the start of `view`; nothing in it has bytes outside of the fixed area. */
export function readSource(fields: readonly QuickField[], fixedBytes: number): string {
  const reads = fields.map(({ place, plain }, i) => readField(plain, i, 2 + place));
  const members = fields.map(({ key }, i) => `${JSON.stringify(key)}: f${i}`);
  return `${knownSource(fields)}
  return (sizeBytes) => {
    if (sizeBytes !== ${2 + fixedBytes} || view.getUint16(0, true) !== ${fixedBytes}) return undefined;
    ${reads.join("\n")}
    return { ${members.join(", ")} };
  };`;
}

export function writeSource(fields: readonly QuickField[], fixedBytes: number): string {
  const writes = fields.map(({ key, place, plain }, i) =>
    writeField(plain, i, { at: 2 + place, value: `value[${JSON.stringify(key)}]` }),
  );
  return `${knownSource(fields)}
  return (value) => {
    out.setUint16(0, ${fixedBytes}, true);
    ${writes.join("\n")}
    return ${2 + fixedBytes};
  };`;
}

/** Names for what is known of each field, so that the code of a field does not have to look for it. */
function knownSource(fields: readonly QuickField[]): string {
  const lines = fields.map(({ plain }, i) =>
    plain.kind === "other" && plain.known !== undefined
      ? `const values${i} = others[${i}].known.values, numbers${i} = others[${i}].known.numbers;`
      : "",
  );
  return lines.join("");
}

export function packSource(
  fields: readonly QuickField[],
  fixedBytes: number,
  bufferBytes: number,
): string {
  const start = 2 + fixedBytes;
  const writes = fields.map(({ key, place, plain }, i) =>
    writeField(plain, i, { at: 2 + place, value: `value[${JSON.stringify(key)}]` }),
  );
  if (start > bufferBytes) return "return () => undefined;";
  return `${knownSource(fields)}
  return (value) => {
    let pos = ${start};
    out.setUint16(0, ${fixedBytes}, true);
    ${writes.join("\n")}
    return buffer.slice(0, pos);
  };`;
}

function writeField(
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
    case "other": {
      const write = `others[${i}].write(out, ${at}, ${value});`;
      if (plain.known === undefined) return write;
      return `const n${i} = numbers${i}.get(${value});
        if (n${i} === undefined) ${write} else out.setBigUint64(${at}, n${i}, true);`;
    }
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
      if (pos + 4 + ${how.sizeMax} > buffer.length) return undefined;
      out.setUint32(${at}, pos - ${at}, true);
      const size = ${how.put};
      out.setUint32(pos, size, true);
      pos += 4 + size;
    }`;
}
