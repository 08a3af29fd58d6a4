import type { AddedTypes } from "./added-types.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { emitFuelCheck, type Additions } from "./emit-body.ts";
import type { FuelCosts } from "./fuel-costs.ts";
import { opcodes } from "./instructions.ts";
import { emptyBlockType, f32Type, f64Type, i32Type, i64Type } from "./value-types.ts";

/** A function behind the module's own: its type and its code with the vector of locals. */
export type AddedFunction = {
  readonly type: number;
  readonly emit: (out: ByteWriter) => void;
};

const i64ExtendUnsigned = 0xad;
const i64Mul = 0x7e;
const i64Sub = 0x7d;
const i32Add = 0x6a;
const i32Sub = 0x6b;
const i32GreaterUnsigned = 0x4b;
const i32ReinterpretF32 = 0xbc;
const i64ReinterpretF64 = 0xbd;
const f32ReinterpretI32 = 0xbe;
const f64ReinterpretI64 = 0xbf;

const nothing = new Uint8Array(0);
const oneInteger = Uint8Array.of(i32Type);

/** Those that the edits of bodies call, in the order of `Additions`. Each takes one i32 and returns one. */
export function chargingFunctions(
  types: AddedTypes,
  additions: Additions,
  costs: FuelCosts & { readonly pagesMax: number },
): readonly AddedFunction[] {
  const type = types.indexOf({ params: oneInteger, results: oneInteger });
  const { fuelGlobal } = additions;
  return [
    { type, emit: (out) => emitGrow(out, additions, costs) },
    { type, emit: (out) => emitChargeSize(out, fuelGlobal, costs.byteFuel) },
    { type, emit: (out) => emitChargeSize(out, fuelGlobal, costs.elementFuel) },
  ];
}

/**
 * Takes `size * unitFuel` from the fuel and returns the size. The size counts as unsigned, so no size adds fuel; it is
 * below 2^32, the price is small and fuel is not below zero, so nothing wraps.
 */
function emitChargeSize(out: ByteWriter, fuelGlobal: number, unitFuel: number): void {
  out.byte(0);
  emitSubtract(out, fuelGlobal, unitFuel);
  emitGetSize(out);
  out.byte(opcodes.end);
}

/** memory.grow: a page costs `pageFuel`; more than there is room for costs nothing and returns -1. */
function emitGrow(
  out: ByteWriter,
  { fuelGlobal, pagesGlobal }: Additions,
  { pageFuel, pagesMax }: FuelCosts & { readonly pagesMax: number },
): void {
  out.byte(0);
  emitGetSize(out);
  out.byte(opcodes.i32Const);
  out.s32(pagesMax);
  emitIndexed(out, opcodes.globalGet, pagesGlobal);
  out.copy([i32Sub, i32GreaterUnsigned, opcodes.if, emptyBlockType, opcodes.i32Const]);
  out.s32(-1);
  out.copy([opcodes.return, opcodes.end]);
  emitSubtract(out, fuelGlobal, pageFuel);
  // The old size stays on the stack as the result.
  emitIndexed(out, opcodes.globalGet, pagesGlobal);
  emitIndexed(out, opcodes.globalGet, pagesGlobal);
  emitGetSize(out);
  out.byte(i32Add);
  emitIndexed(out, opcodes.globalSet, pagesGlobal);
  out.byte(opcodes.end);
}

function emitSubtract(out: ByteWriter, fuelGlobal: number, unitFuel: number): void {
  emitIndexed(out, opcodes.globalGet, fuelGlobal);
  emitGetSize(out);
  out.byte(i64ExtendUnsigned);
  out.byte(opcodes.i64Const);
  out.s64(BigInt(unitFuel));
  out.byte(i64Mul);
  out.byte(i64Sub);
  emitIndexed(out, opcodes.globalSet, fuelGlobal);
  emitIndexed(out, opcodes.globalGet, fuelGlobal);
  emitFuelCheck(out);
}

function emitGetSize(out: ByteWriter): void {
  emitIndexed(out, opcodes.localGet, 0);
}

function emitIndexed(out: ByteWriter, opcode: number, index: number): void {
  out.byte(opcode);
  out.u32(index);
}

/** How a global of this type is shown to the host: floats as their bits, which JavaScript's numbers do not keep. */
const shownFloats: ReadonlyMap<number, { readonly type: number; get: number; set: number }> =
  new Map([
    [f32Type, { type: i32Type, get: i32ReinterpretF32, set: f32ReinterpretI32 }],
    [f64Type, { type: i64Type, get: i64ReinterpretF64, set: f64ReinterpretI64 }],
  ]);

/**
 * The two functions by which the host reads and writes a global. Exporting the global itself would make every access
 * of the module's own code slower (decision record 0071).
 */
export function accessFunctions(
  types: AddedTypes,
  global: { readonly index: number; readonly type: number },
): readonly [AddedFunction, AddedFunction] {
  const float = shownFloats.get(global.type);
  const shown = Uint8Array.of(float?.type ?? global.type);
  const emitGet = (out: ByteWriter): void => {
    out.byte(0);
    emitIndexed(out, opcodes.globalGet, global.index);
    if (float !== undefined) out.byte(float.get);
    out.byte(opcodes.end);
  };
  const emitSet = (out: ByteWriter): void => {
    out.byte(0);
    emitGetSize(out);
    if (float !== undefined) out.byte(float.set);
    emitIndexed(out, opcodes.globalSet, global.index);
    out.byte(opcodes.end);
  };
  return [
    { type: types.indexOf({ params: nothing, results: shown }), emit: emitGet },
    { type: types.indexOf({ params: shown, results: nothing }), emit: emitSet },
  ];
}
