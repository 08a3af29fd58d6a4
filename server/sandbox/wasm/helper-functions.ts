import type { ByteWriter } from "./byte-writer.ts";
import { emitFuelCheck, type Additions } from "./emit-body.ts";
import { opcodes } from "./instructions.ts";
import { emptyBlockType, i32Type } from "./value-types.ts";

const i64ExtendUnsigned = 0xad;
const i64Mul = 0x7e;
const i64Sub = 0x7d;
const i64ShiftRightUnsigned = 0x88;
const i32Add = 0x6a;
const i32Sub = 0x6b;
const i32GreaterUnsigned = 0x4b;

/** All three take one i32 and return one. */
export const helperParams: Uint8Array = Uint8Array.of(i32Type);

/**
 * Takes `size / 2^shift`, rounded down, from the fuel and returns the size. The size counts as unsigned, so no size
 * adds fuel; it is below 2^32 and fuel is not below zero, so nothing wraps.
 */
export function emitChargeSize(out: ByteWriter, fuelGlobal: number, shift: number): void {
  out.byte(0);
  emitSubtract(out, fuelGlobal, () => {
    out.byte(opcodes.i64Const);
    out.s64(BigInt(shift));
    out.byte(i64ShiftRightUnsigned);
  });
  emitFuelCheck(out, fuelGlobal);
  emitGetSize(out);
  out.byte(opcodes.end);
}

/** The fuel of a memory that grows: a page costs `pageFuel`; one that does not fit costs nothing and returns -1. */
export function emitGrow(
  out: ByteWriter,
  additions: Additions,
  costs: { readonly pagesMax: number; readonly pageFuel: number },
): void {
  const { fuelGlobal, pagesGlobal } = additions;
  out.byte(0);
  emitGetSize(out);
  out.byte(opcodes.i32Const);
  out.s32(costs.pagesMax);
  emitGlobal(out, opcodes.globalGet, pagesGlobal);
  out.copy([i32Sub, i32GreaterUnsigned, opcodes.if, emptyBlockType, opcodes.i32Const]);
  out.s32(-1);
  out.copy([opcodes.return, opcodes.end]);
  emitSubtract(out, fuelGlobal, () => {
    out.byte(opcodes.i64Const);
    out.s64(BigInt(costs.pageFuel));
    out.byte(i64Mul);
  });
  emitFuelCheck(out, fuelGlobal);
  // The old size stays on the stack as the result.
  emitGlobal(out, opcodes.globalGet, pagesGlobal);
  emitGlobal(out, opcodes.globalGet, pagesGlobal);
  emitGetSize(out);
  out.byte(i32Add);
  emitGlobal(out, opcodes.globalSet, pagesGlobal);
  out.byte(opcodes.end);
}

function emitSubtract(out: ByteWriter, fuelGlobal: number, emitScale: () => void): void {
  emitGlobal(out, opcodes.globalGet, fuelGlobal);
  emitGetSize(out);
  out.byte(i64ExtendUnsigned);
  emitScale();
  out.byte(i64Sub);
  emitGlobal(out, opcodes.globalSet, fuelGlobal);
}

function emitGetSize(out: ByteWriter): void {
  out.byte(opcodes.localGet);
  out.byte(0);
}

function emitGlobal(out: ByteWriter, opcode: number, index: number): void {
  out.byte(opcode);
  out.u32(index);
}
