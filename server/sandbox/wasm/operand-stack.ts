import type { ByteReader } from "./byte-reader.ts";
import type { FuelPlan } from "./fuel-plan.ts";
import { unknownType } from "./value-types.ts";

export type FrameKind = "function" | "block" | "loop" | "if" | "else";

/** An entry of the control stack (specification, appendix "Validation Algorithm"). */
export type Frame = {
  readonly kind: FrameKind;
  readonly params: Uint8Array;
  readonly results: Uint8Array;
  /** Operands below belong to the frames around. */
  readonly height: number;
  unreachable: boolean;
  /** Depth of the fuel region that the label's place is in. */
  readonly region: number;
  /** Fuel distance of the worst path to the end that is known so far; below zero while none is. */
  distance: number;
  /** At an `if`: where its `else` goes on. */
  readonly distanceAtStart: number;
};

/** The two stacks of the validation algorithm, and with them the fuel distance of each label. */
export class OperandStack {
  private readonly reader: ByteReader;
  private readonly fuel: FuelPlan;
  private readonly types: number[] = [];
  private height = 0;
  readonly frames: Frame[] = [];
  /** The innermost frame, which every instruction asks for. */
  current: Frame | undefined = undefined;
  heightMax = 0;

  constructor(reader: ByteReader, fuel: FuelPlan) {
    this.reader = reader;
    this.fuel = fuel;
  }

  reset(): void {
    this.height = 0;
    this.heightMax = 0;
    this.frames.length = 0;
    this.current = undefined;
  }

  push(type: number): void {
    this.types[this.height++] = type;
    if (this.height > this.heightMax) this.heightMax = this.height;
  }

  pushAll(types: Uint8Array): void {
    for (const type of types) this.push(type);
  }

  /** Pops an operand of this type, or of any type for `unknownType`; returns what it was. */
  pop(expected: number): number {
    const frame = this.current;
    if (frame === undefined) return unknownType;
    if (this.height <= frame.height) {
      if (frame.unreachable) return unknownType;
      this.reader.fail("wasm-type-mismatch", this.reader.at);
      return unknownType;
    }
    const type = this.types[--this.height] ?? unknownType;
    if (type !== expected && expected !== unknownType && type !== unknownType) {
      this.reader.fail("wasm-type-mismatch", this.reader.at);
    }
    return type;
  }

  popAll(types: Uint8Array): void {
    for (let index = types.length - 1; index >= 0; index--) this.pop(types[index] ?? 0);
  }

  /** Checks the operands that a branch takes along, and leaves them as they are. */
  peekAll(types: Uint8Array): void {
    const taken: number[] = [];
    for (let index = types.length - 1; index >= 0; index--) taken.push(this.pop(types[index] ?? 0));
    while (taken.length > 0) this.push(taken.pop() ?? 0);
  }

  /** The label that many blocks further out. */
  label(depth: number): Frame | undefined {
    const frame = this.frames[this.frames.length - 1 - depth];
    if (frame === undefined) this.reader.fail("wasm-unknown-label", this.reader.at);
    return frame;
  }

  open(kind: FrameKind, params: Uint8Array, results: Uint8Array): void {
    const distance = this.fuel.distanceIn(this.fuel.depth);
    this.current = {
      kind,
      params,
      results,
      height: this.height,
      unreachable: false,
      region: this.fuel.depth,
      distance: -1,
      distanceAtStart: distance,
    };
    this.frames.push(this.current);
    this.pushAll(params);
  }

  /** Leaves the innermost frame, whose results have to be all that it left. */
  close(): Frame | undefined {
    const frame = this.current;
    if (frame === undefined) return undefined;
    if (!frame.unreachable) this.arrive(frame);
    this.popAll(frame.results);
    if (this.height !== frame.height) this.reader.fail("wasm-type-mismatch", this.reader.at);
    this.frames.pop();
    this.current = this.frames.at(-1);
    return frame;
  }

  /** What follows is never executed. */
  markUnreachable(): void {
    const frame = this.current;
    if (frame === undefined) return;
    this.height = frame.height;
    frame.unreachable = true;
  }

  get isReachable(): boolean {
    return this.current?.unreachable === false;
  }

  /** A path leads from here to the frame's label; the header of a loop is charged anew and needs nothing. */
  arrive(frame: Frame): void {
    if (this.isReachable)
      frame.distance = Math.max(frame.distance, this.fuel.distanceIn(frame.region));
  }
}

/** What a branch to the label takes along: to a loop its parameters, to anything else its results. */
export function labelTypes(frame: Frame): Uint8Array {
  return frame.kind === "loop" ? frame.params : frame.results;
}
