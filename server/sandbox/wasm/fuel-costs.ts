import { opcodes, prefixedOpcodes } from "./instructions.ts";

/** What things cost, beside one unit of fuel for any other instruction. */
export type FuelCosts = {
  /** A load or a store. */
  readonly accessFuel: number;
  /** A division, a remainder, a square root. */
  readonly divisionFuel: number;
  /** A call, beside what the function itself charges. */
  readonly callFuel: number;
  /** An instruction that reads or writes an element of a table, and each element that another one writes. */
  readonly elementFuel: number;
  /** An instruction on many bytes or elements, beside those. */
  readonly bulkFuel: number;
  /** Each byte that it copies or fills. */
  readonly byteFuel: number;
  /** A page that the memory grows by. */
  readonly pageFuel: number;
};

/** What each one-byte instruction weighs: how much of a charge it uses up. */
export function weightsOf(costs: FuelCosts): Uint16Array {
  const weights = new Uint16Array(256).fill(1);
  for (const marker of markers) weights[marker] = 0;
  weights.fill(costs.accessFuel, firstMemoryAccess, lastMemoryAccess + 1);
  for (const division of divisions) weights[division] = costs.divisionFuel;
  weights[opcodes.call] = costs.callFuel;
  weights[opcodes.callIndirect] = costs.callFuel;
  weights[opcodes.tableGet] = costs.elementFuel;
  weights[opcodes.tableSet] = costs.elementFuel;
  weights[opcodes.memoryGrow] = costs.bulkFuel;
  return weights;
}

/** Of the instructions behind `opcodes.prefixed`: conversions are like any other, the rest work on many elements. */
export function prefixedWeight(opcode: number, costs: FuelCosts): number {
  return opcode < prefixedOpcodes.memoryInit ? 1 : costs.bulkFuel;
}

/** They mark places and execute nothing. */
const markers = [opcodes.end, opcodes.block, opcodes.loop, opcodes.nop, opcodes.else];

const firstMemoryAccess = 0x28;
const lastMemoryAccess = 0x3e;

/** i32 and i64 division and remainder, f32 and f64 square root and division. */
const divisions = [0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, 0x91, 0x95, 0x9f, 0xa3];
