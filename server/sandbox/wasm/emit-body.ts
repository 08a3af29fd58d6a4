import type { BlockType } from "./added-types.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { Edits } from "./edits.ts";
import { opcodes } from "./instructions.ts";
import type { Body, Module } from "./module.ts";
import type { BodyPlan } from "./validate-body.ts";
import { emptyBlockType, f32Type, f64Type, i64Type } from "./value-types.ts";

/** Indices of what the pass adds to a module. */
export type Additions = {
  readonly fuelGlobal: number;
  readonly pagesGlobal: number;
  readonly stackGlobal: number;
  readonly growFunction: number;
  readonly chargeBytesFunction: number;
  readonly chargeElementsFunction: number;
};

/** The accounting of native stack in one function. */
export type StackFrame = {
  readonly bytes: number;
  /** Of a block that yields what the function returns. */
  readonly blockType: BlockType;
};

const i32Add = 0x6a;
const i32Sub = 0x6b;
const i32LessSigned = 0x48;
const i64Sub = 0x7d;
const i64LessSigned = 0x53;
const f32Equal = 0x5b;
const f64Equal = 0x61;
const canonicalNan32 = [0x00, 0x00, 0xc0, 0x7f];
const canonicalNan64 = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f];

/** Traps when the value on top of the stack is below zero. */
export function emitFuelCheck(out: ByteWriter): void {
  out.byte(opcodes.i64Const);
  out.byte(0);
  out.byte(i64LessSigned);
  emitTrapIf(out);
}

function emitTrapIf(out: ByteWriter): void {
  out.byte(opcodes.if);
  out.byte(emptyBlockType);
  out.byte(opcodes.unreachable);
  out.byte(opcodes.end);
}

/** Copies one function's code with its edits. */
export class BodyEmitter {
  private readonly out: ByteWriter;
  private readonly module: Module;
  private readonly edits: Edits;
  private readonly additions: Additions;
  /** Locals behind the function's own. */
  private fuelLocal = 0;
  private f32Local = 0;
  private f64Local = 0;

  constructor(out: ByteWriter, module: Module, edits: Edits, additions: Additions) {
    this.out = out;
    this.module = module;
    this.edits = edits;
    this.additions = additions;
  }

  emit(body: Body, plan: BodyPlan, frame: StackFrame | undefined): void {
    const { out, module, edits } = this;
    this.emitLocals(body, plan);
    if (frame !== undefined) this.enterFrame(frame);
    let at = body.codeStart;
    for (let index = plan.firstEdit; index < plan.lastEdit; index++) {
      const offset = edits.offsets[index] ?? at;
      out.copy(module.bytes, at, offset);
      at = offset + (edits.removed[index] ?? 0);
      this.emitEdit(index, plan, frame !== undefined);
    }
    out.copy(module.bytes, at, body.end);
    if (frame !== undefined) this.leaveFrame(frame);
  }

  private emitLocals({ localsStart, codeStart, locals }: Body, plan: BodyPlan): void {
    const { out, module } = this;
    const added = plan.keepsFuel ? [i64Type] : [];
    if (plan.hasNans) added.push(f32Type, f64Type);
    this.fuelLocal = locals.length;
    this.f32Local = locals.length + added.length - 2;
    this.f64Local = locals.length + added.length - 1;
    const { value, size } = readSmall(module.bytes, localsStart);
    out.u32(value + added.length);
    out.copy(module.bytes, localsStart + size, codeStart);
    for (const type of added) {
      out.byte(1);
      out.byte(type);
    }
  }

  private emitEdit(index: number, plan: BodyPlan, hasFrame: boolean): void {
    const { out, edits, additions } = this;
    const amount = edits.amounts[index] ?? 0;
    switch (edits.kinds[index]) {
      case "charge":
        return this.charge(amount, plan, index === plan.firstEdit);
      case "reload-fuel":
        return this.reloadFuel(plan);
      case "return":
        if (!hasFrame) return out.byte(opcodes.return);
        out.byte(opcodes.branch);
        return out.u32(amount);
      case "memory-size":
        return this.withIndex(opcodes.globalGet, additions.pagesGlobal);
      case "memory-grow":
        return this.call(additions.growFunction, plan);
      case "charge-bytes":
        return this.call(additions.chargeBytesFunction, plan);
      case "charge-elements":
        return this.call(additions.chargeElementsFunction, plan);
      case "canonical-f32":
        return this.canonicalise(this.f32Local, opcodes.f32Const, f32Equal);
      case "canonical-f64":
        return this.canonicalise(this.f64Local, opcodes.f64Const, f64Equal);
      case undefined:
        return;
    }
  }

  /**
   * Takes a constant from the fuel and traps when it is used up. A function that charges more than once keeps a copy
   * in a local: a loop then waits for a register instead of for memory, and the global is still always right.
   */
  private charge(amount: number, { keepsFuel }: BodyPlan, isFirst: boolean): void {
    const { out, additions, fuelLocal } = this;
    const isLoaded = keepsFuel && !isFirst;
    if (isLoaded) this.withIndex(opcodes.localGet, fuelLocal);
    else this.withIndex(opcodes.globalGet, additions.fuelGlobal);
    out.byte(opcodes.i64Const);
    out.s64(BigInt(amount));
    out.byte(i64Sub);
    if (keepsFuel) this.withIndex(opcodes.localTee, fuelLocal);
    this.withIndex(opcodes.globalSet, additions.fuelGlobal);
    if (keepsFuel) this.withIndex(opcodes.localGet, fuelLocal);
    else this.withIndex(opcodes.globalGet, additions.fuelGlobal);
    emitFuelCheck(out);
  }

  /** Behind whatever else may have charged. */
  private reloadFuel({ keepsFuel }: BodyPlan): void {
    if (!keepsFuel) return;
    this.withIndex(opcodes.globalGet, this.additions.fuelGlobal);
    this.withIndex(opcodes.localSet, this.fuelLocal);
  }

  private call(index: number, plan: BodyPlan): void {
    this.withIndex(opcodes.call, index);
    this.reloadFuel(plan);
  }

  private withIndex(opcode: number, index: number): void {
    this.out.byte(opcode);
    this.out.u32(index);
  }

  /** The value on top of the stack, or the canonical NaN if it does not equal itself. */
  private canonicalise(local: number, constant: number, equal: number): void {
    const { out } = this;
    this.withIndex(opcodes.localTee, local);
    out.byte(constant);
    out.copy(constant === opcodes.f32Const ? canonicalNan32 : canonicalNan64);
    this.withIndex(opcodes.localGet, local);
    this.withIndex(opcodes.localGet, local);
    out.byte(equal);
    out.byte(opcodes.select);
  }

  /**
   * The code becomes a block of its own, so that a branch to the function's label, whose number stays the same, and
   * its end both come to where the stack is given back.
   */
  private enterFrame({ bytes, blockType }: StackFrame): void {
    const { out, additions } = this;
    this.addToStack(i32Sub, bytes);
    this.withIndex(opcodes.globalGet, additions.stackGlobal);
    out.byte(opcodes.i32Const);
    out.byte(0);
    out.byte(i32LessSigned);
    emitTrapIf(out);
    out.byte(opcodes.block);
    if ("short" in blockType) out.byte(blockType.short);
    else out.s32(blockType.index);
  }

  private leaveFrame({ bytes }: StackFrame): void {
    this.addToStack(i32Add, bytes);
    this.out.byte(opcodes.end);
  }

  private addToStack(operation: number, bytes: number): void {
    const { out, additions } = this;
    this.withIndex(opcodes.globalGet, additions.stackGlobal);
    out.byte(opcodes.i32Const);
    out.s32(bytes);
    out.byte(operation);
    this.withIndex(opcodes.globalSet, additions.stackGlobal);
  }
}

/** An unsigned integer that has been read before. */
function readSmall(bytes: Uint8Array, start: number): { value: number; size: number } {
  let value = 0;
  for (let size = 1; ; size++) {
    const byte = bytes[start + size - 1] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (size - 1));
    if (byte < 0x80) return { value, size };
  }
}
