import { rewriteBranches } from "./branches.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodeModule, sectionIds } from "./decode-module.ts";
import { opcodes } from "./instructions.ts";
import { moduleLimits } from "./limits.ts";
import { rewriteSections } from "./rewrite-sections.ts";
import { i64Type } from "./value-types.ts";

const pagesMax = 65_536;
const branchesPerGlobal = 64;
const i64Or = 0x84;
const mutable = 1;
const globalKind = 3;

/** A module that notes which of its branches are entered, in globals that it exports: for finding out what is needed. */
export function markBranches(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const added = Math.ceil(countBranches(bytes) / branchesPerGlobal);
  const first = decodeModule(new ByteReader(bytes), moduleLimits, pagesMax).globals.length;
  const mark = (branch: number, out: ByteWriter): void => {
    const index = first + Math.floor(branch / branchesPerGlobal);
    const bit = 1n << BigInt(branch % branchesPerGlobal);
    out.byte(opcodes.globalGet);
    out.u32(index);
    out.byte(opcodes.i64Const);
    out.s64(BigInt.asIntN(branchesPerGlobal, bit));
    out.byte(i64Or);
    out.byte(opcodes.globalSet);
    out.u32(index);
  };
  return rewriteSections(bytes, (id, reader, end) => {
    if (id === sectionIds.code) return rewriteBranches(reader, { isCut: () => false, mark });
    if (id === sectionIds.global) return longer(reader, end, { first, added, write: writeGlobal });
    if (id === sectionIds.export) return longer(reader, end, { first, added, write: writeExport });
    return undefined;
  });
}

/** A bit for each branch that an instance of a marked module has entered. */
export function enteredBranches(exports: Readonly<Record<string, unknown>>): Uint8Array {
  const words: bigint[] = [];
  for (;;) {
    const global = exports[exportName(words.length)];
    if (!(global instanceof WebAssembly.Global)) break;
    words.push(BigInt(global.value));
  }
  return new Uint8Array(BigInt64Array.from(words).buffer);
}

function countBranches(bytes: Uint8Array<ArrayBuffer>): number {
  let count = 0;
  const isCut = (branch: number): boolean => {
    count = branch + 1;
    return false;
  };
  rewriteSections(bytes, (id, reader) =>
    id === sectionIds.code ? rewriteBranches(reader, { isCut }) : undefined,
  );
  return count;
}

/** For globals from `first` on. */
type Entries = {
  readonly first: number;
  readonly added: number;
  readonly write: (out: ByteWriter, index: number, first: number) => void;
};

/** A section with more entries behind its own. */
function longer(reader: ByteReader, end: number, { first, added, write }: Entries): ByteWriter {
  const out = new ByteWriter(1024);
  out.u32(reader.u32() + added);
  out.copy(reader.bytes, reader.at, end);
  for (let index = 0; index < added; index++) write(out, index, first);
  return out;
}

function writeGlobal(out: ByteWriter): void {
  out.byte(i64Type);
  out.byte(mutable);
  out.byte(opcodes.i64Const);
  out.byte(0);
  out.byte(opcodes.end);
}

function writeExport(out: ByteWriter, index: number, first: number): void {
  out.name(exportName(index));
  out.byte(globalKind);
  out.u32(first + index);
}

function exportName(index: number): string {
  return `entered ${index}`;
}
