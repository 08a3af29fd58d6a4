import type { ByteWriter } from "./byte-writer.ts";
import type { Edits } from "./edits.ts";
import { opcodes } from "./instructions.ts";
import type { Body, Module } from "./module.ts";
import type { BodyPlan } from "./validate-body.ts";
import { emptyBlockType, f32Type, f64Type } from "./value-types.ts";

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
  /** The type of a block that yields what the function returns. */
  readonly blockType: readonly number[];
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

/** Takes a constant from the fuel and traps when it is used up. Leaves the operand stack as it is. */
export function emitCharge(out: ByteWriter, fuelGlobal: number, amount: number): void {
  out.byte(opcodes.globalGet);
  out.u32(fuelGlobal);
  out.byte(opcodes.i64Const);
  out.s64(BigInt(amount));
  out.byte(i64Sub);
  out.byte(opcodes.globalSet);
  out.u32(fuelGlobal);
  emitFuelCheck(out, fuelGlobal);
}

export function emitFuelCheck(out: ByteWriter, fuelGlobal: number): void {
  out.byte(opcodes.globalGet);
  out.u32(fuelGlobal);
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
      this.emitEdit(index, body, frame !== undefined);
    }
    out.copy(module.bytes, at, body.end);
    if (frame !== undefined) this.leaveFrame(frame);
  }

  /** Behind the function's own locals stand one of each float type, for canonical NaNs. */
  private emitLocals({ localsStart, codeStart }: Body, plan: BodyPlan): void {
    const { out, module } = this;
    if (!plan.hasNans) {
      out.copy(module.bytes, localsStart, codeStart);
      return;
    }
    const { value, size } = readSmall(module.bytes, localsStart);
    out.u32(value + 2);
    out.copy(module.bytes, localsStart + size, codeStart);
    for (const type of [f32Type, f64Type]) {
      out.byte(1);
      out.byte(type);
    }
  }

  private emitEdit(index: number, body: Body, hasFrame: boolean): void {
    const { out, edits, additions } = this;
    const amount = edits.amounts[index] ?? 0;
    switch (edits.kinds[index]) {
      case "charge":
        return emitCharge(out, additions.fuelGlobal, amount);
      case "return":
        if (!hasFrame) return out.byte(opcodes.return);
        out.byte(opcodes.branch);
        return out.u32(amount);
      case "memory-size":
        out.byte(opcodes.globalGet);
        return out.u32(additions.pagesGlobal);
      case "memory-grow":
        return this.call(additions.growFunction);
      case "charge-bytes":
        return this.call(additions.chargeBytesFunction);
      case "charge-elements":
        return this.call(additions.chargeElementsFunction);
      case "canonical-f32":
        return this.canonicalise(body.locals.length, opcodes.f32Const, f32Equal);
      case "canonical-f64":
        return this.canonicalise(body.locals.length + 1, opcodes.f64Const, f64Equal);
      case undefined:
        return;
    }
  }

  private call(index: number): void {
    this.out.byte(opcodes.call);
    this.out.u32(index);
  }

  /** The value on top of the stack, or the canonical NaN if it does not equal itself. */
  private canonicalise(local: number, constant: number, equal: number): void {
    const { out } = this;
    out.byte(opcodes.localTee);
    out.u32(local);
    out.byte(constant);
    out.copy(constant === opcodes.f32Const ? canonicalNan32 : canonicalNan64);
    for (let count = 0; count < 2; count++) {
      out.byte(opcodes.localGet);
      out.u32(local);
    }
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
    out.byte(opcodes.globalGet);
    out.u32(additions.stackGlobal);
    out.byte(opcodes.i32Const);
    out.byte(0);
    out.byte(i32LessSigned);
    emitTrapIf(out);
    out.byte(opcodes.block);
    out.copy(blockType);
  }

  private leaveFrame({ bytes }: StackFrame): void {
    this.addToStack(i32Add, bytes);
    this.out.byte(opcodes.end);
  }

  private addToStack(operation: number, bytes: number): void {
    const { out, additions } = this;
    out.byte(opcodes.globalGet);
    out.u32(additions.stackGlobal);
    out.byte(opcodes.i32Const);
    out.s32(bytes);
    out.byte(operation);
    out.byte(opcodes.globalSet);
    out.u32(additions.stackGlobal);
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
