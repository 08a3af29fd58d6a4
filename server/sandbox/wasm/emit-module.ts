import type { AddedFunction } from "./added-functions.ts";
import { ByteWriter } from "./byte-writer.ts";
import { sectionIds } from "./decode-module.ts";
import type { Edits } from "./edits.ts";
import { BodyEmitter, type Additions, type StackFrame } from "./emit-body.ts";
import { opcodes } from "./instructions.ts";
import type { FunctionType, Limits, Module } from "./module.ts";
import type { BodyPlan } from "./validate-body.ts";
import { i64Type } from "./value-types.ts";

export type EmitPlan = {
  readonly module: Module;
  readonly edits: Edits;
  readonly bodies: readonly BodyPlan[];
  /** For each body that counts its native stack. */
  readonly frames: readonly (StackFrame | undefined)[];
  readonly additions: Additions;
  readonly addedTypes: readonly FunctionType[];
  readonly addedFunctions: readonly AddedFunction[];
  readonly addedGlobals: readonly AddedGlobal[];
  readonly addedExports: readonly AddedExport[];
  /** What the real memory has. */
  readonly pages: { readonly minimum: number; readonly maximum: number };
  readonly tableElementsMax: number;
};

/** Mutable, of an integer type. */
export type AddedGlobal = { readonly type: number; readonly value: bigint };

export type AddedExport = {
  readonly name: string;
  readonly kind: keyof typeof exportKinds;
  readonly index: number;
};

const exportKinds = { function: 0, memory: 2 } as const;
const functionForm = 0x60;
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Writes the module anew: its own entries of each section, then what the pass adds; custom sections are left out. */
export function emitModule(plan: EmitPlan): Uint8Array<ArrayBuffer> {
  const { module } = plan;
  const out = new ByteWriter(module.bytes.length + (module.bytes.length >> 1) + 1024);
  const sections = new SectionEmitter(out, module);
  out.copy(header);
  sections.append(sectionIds.type, plan.addedTypes, emitType);
  sections.patch(sectionIds.import, limitPatches(plan, true));
  sections.append(sectionIds.function, plan.addedFunctions, (content, { type }) =>
    content.u32(type),
  );
  sections.patch(sectionIds.table, limitPatches(plan, false));
  sections.patch(sectionIds.memory, limitPatches(plan, false));
  sections.append(sectionIds.global, plan.addedGlobals, emitGlobal);
  sections.append(sectionIds.export, plan.addedExports, emitExport);
  sections.copy(sectionIds.start);
  sections.patch(sectionIds.element, []);
  sections.copy(sectionIds.dataCount);
  sections.write(sectionIds.code, emitCode(plan));
  sections.patch(sectionIds.data, []);
  return out.finish();
}

type Patch = { readonly start: number; readonly end: number; readonly bytes: ByteWriter };

class SectionEmitter {
  private readonly out: ByteWriter;
  private readonly module: Module;

  constructor(out: ByteWriter, module: Module) {
    this.out = out;
    this.module = module;
  }

  append<T>(id: number, added: readonly T[], emit: (content: ByteWriter, entry: T) => void): void {
    const section = this.find(id);
    const content = new ByteWriter(1024);
    content.u32((section?.count ?? 0) + added.length);
    if (section !== undefined) content.copy(this.module.bytes, section.entries, section.end);
    for (const entry of added) emit(content, entry);
    this.write(id, content);
  }

  /** The module's own entries, with some of their bytes replaced. */
  patch(id: number, patches: readonly Patch[]): void {
    const section = this.find(id);
    if (section === undefined) return;
    const content = new ByteWriter(section.end - section.entries + 1024);
    content.u32(section.count);
    let at = section.entries;
    for (const { start, end, bytes } of patches) {
      if (start < section.entries || end > section.end) continue;
      content.copy(this.module.bytes, at, start);
      content.append(bytes);
      at = end;
    }
    content.copy(this.module.bytes, at, section.end);
    this.write(id, content);
  }

  /** A section that is no vector. */
  copy(id: number): void {
    const section = this.find(id);
    if (section === undefined) return;
    const content = new ByteWriter(16);
    content.copy(this.module.bytes, section.entries, section.end);
    this.write(id, content);
  }

  write(id: number, content: ByteWriter): void {
    this.out.byte(id);
    this.out.sized(content);
  }

  private find(id: number): Module["sections"][number] | undefined {
    return this.module.sections.find((section) => section.id === id);
  }
}

function emitType(content: ByteWriter, { params, results }: FunctionType): void {
  content.byte(functionForm);
  for (const types of [params, results]) {
    content.u32(types.length);
    content.copy(types);
  }
}

/** No table can grow beyond the limit, and memory is as large as the module can ever make it. */
function limitPatches(plan: EmitPlan, imported: boolean): Patch[] {
  const { module, pages, tableElementsMax } = plan;
  const patches = module.tables
    .filter((table) => table.imported === imported)
    .map(({ limits }) => {
      const maximum = Math.min(limits.maximum ?? tableElementsMax, tableElementsMax);
      return limitPatch(limits, limits.minimum, maximum);
    });
  if (module.memory?.imported === imported) {
    patches.push(limitPatch(module.memory.limits, pages.minimum, pages.maximum));
  }
  return patches.toSorted((left, right) => left.start - right.start);
}

function limitPatch({ start, end }: Limits, minimum: number, maximum: number): Patch {
  const bytes = new ByteWriter(16);
  bytes.byte(1);
  bytes.u32(minimum);
  bytes.u32(maximum);
  return { start, end, bytes };
}

function emitGlobal(content: ByteWriter, { type, value }: AddedGlobal): void {
  content.byte(type);
  content.byte(1);
  content.byte(type === i64Type ? opcodes.i64Const : opcodes.i32Const);
  content.s64(value);
  content.byte(opcodes.end);
}

function emitExport(content: ByteWriter, { name, kind, index }: AddedExport): void {
  content.name(name);
  content.byte(exportKinds[kind]);
  content.u32(index);
}

function emitCode(plan: EmitPlan): ByteWriter {
  const { module, edits, additions, bodies, frames, addedFunctions } = plan;
  const content = new ByteWriter(module.bytes.length + (module.bytes.length >> 1));
  content.u32(bodies.length + addedFunctions.length);
  const code = new ByteWriter(4096);
  const emitter = new BodyEmitter(code, module, edits, additions);
  for (const [index, body] of module.bodies.entries()) {
    const planOfBody = bodies[index];
    if (planOfBody === undefined) continue;
    code.clear();
    emitter.emit(body, planOfBody, frames[index]);
    content.sized(code);
  }
  for (const { emit } of addedFunctions) {
    code.clear();
    emit(code);
    content.sized(code);
  }
  return content;
}
