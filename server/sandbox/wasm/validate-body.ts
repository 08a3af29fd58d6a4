import { BlockTypes } from "./block-types.ts";
import type { ByteReader } from "./byte-reader.ts";
import { decodeReferenceType, decodeValueType } from "./decode-types.ts";
import type { Edits } from "./edits.ts";
import { prefixedWeight, weightsOf, type FuelCosts } from "./fuel-costs.ts";
import { FuelPlan } from "./fuel-plan.ts";
import {
  opcodes,
  prefixedOpcodes,
  refusalOf,
  saturatingConversions,
  simpleInstructions,
  type Simple,
} from "./instructions.ts";
import type { ModuleLimits } from "./limits.ts";
import type { Body, FunctionType, Global, Module } from "./module.ts";
import { labelTypes, OperandStack, type FrameKind } from "./operand-stack.ts";
import { MemoryValidator } from "./validate-memory.ts";
import {
  f32Type,
  f64Type,
  functionReferenceType,
  i32Type,
  i64Type,
  isReference,
  unknownType,
} from "./value-types.ts";

export type FloatPolicy = "allow" | "canonicalise" | "refuse";

export type BodyRules = {
  readonly limits: ModuleLimits;
  readonly floats: FloatPolicy;
  readonly costs: FuelCosts;
  readonly fuelStretch: number;
};

/** What is known about one function when its code has been read. */
export type BodyPlan = {
  /** Its part of the edits. */
  readonly firstEdit: number;
  readonly lastEdit: number;
  /** The most operands that it has on its stack at once. */
  readonly operandsMax: number;
  /** Whether it charges more than once, and so keeps a copy of the fuel in a local. */
  readonly keepsFuel: boolean;
  /** Whether NaNs are made canonical in it. */
  readonly hasNans: boolean;
  readonly callees: ReadonlySet<number>;
  /** Type indices of its indirect calls. */
  readonly indirectTypes: ReadonlySet<number>;
};

const noTypes = new Uint8Array(0);

/** Reads the code of functions: checks it as section 3.3 says and notes what the pass has to change. */
export class BodyValidator {
  /** What it has found out about the memory and the tables of all functions. */
  readonly memory: MemoryValidator;
  private readonly reader: ByteReader;
  private readonly module: Module;
  private readonly rules: BodyRules;
  private readonly edits: Edits;
  private readonly fuel: FuelPlan;
  private readonly stack: OperandStack;
  private readonly weights: Uint16Array;
  private readonly blockTypes: BlockTypes;
  private hasNans = false;
  private locals: Uint8Array = noTypes;
  private results: Uint8Array = noTypes;
  private callees = new Set<number>();
  private indirectTypes = new Set<number>();
  /** Of the instruction that is being read. */
  private offset = 0;

  constructor(reader: ByteReader, module: Module, rules: BodyRules, edits: Edits) {
    this.reader = reader;
    this.module = module;
    this.rules = rules;
    this.edits = edits;
    this.blockTypes = new BlockTypes(reader, module);
    this.weights = weightsOf(rules.costs);
    this.fuel = new FuelPlan(edits, rules.fuelStretch);
    this.stack = new OperandStack(reader, this.fuel);
    this.memory = new MemoryValidator({ reader, module, edits, stack: this.stack });
  }

  validate(body: Body, type: FunctionType): BodyPlan {
    const { reader, stack, edits } = this;
    const firstEdit = edits.length;
    reader.at = body.codeStart;
    reader.end = body.end;
    this.locals = body.locals;
    this.results = type.results;
    this.hasNans = false;
    this.callees = new Set();
    this.indirectTypes = new Set();
    stack.reset();
    this.fuel.enterFunction(body.codeStart);
    stack.open("function", noTypes, type.results);
    while (stack.frames.length > 0 && reader.fault === undefined) this.instruction();
    if (reader.fault === undefined && reader.at !== body.end) {
      reader.fail("wasm-body-size", reader.at);
    }
    return {
      firstEdit,
      lastEdit: edits.length,
      operandsMax: stack.heightMax,
      keepsFuel: this.fuel.charges > 1,
      hasNans: this.hasNans,
      callees: this.callees,
      indirectTypes: this.indirectTypes,
    };
  }

  private instruction(): void {
    const { reader, stack } = this;
    this.offset = reader.at;
    const opcode = reader.byte();
    if (stack.isReachable) this.fuel.step(this.offset, this.weightOf(opcode));
    const simple = simpleInstructions[opcode];
    if (simple !== undefined) this.simple(simple);
    else if (opcode >= opcodes.localGet && opcode <= opcodes.localTee) this.local(opcode);
    else if (opcode <= opcodes.callIndirect) this.control(opcode);
    else this.other(opcode);
  }

  private weightOf(opcode: number): number {
    if (opcode !== opcodes.prefixed) return this.weights[opcode] ?? 1;
    const { reader, rules } = this;
    const start = reader.at;
    const weight = prefixedWeight(reader.u32(), rules.costs);
    if (reader.fault === undefined) reader.at = start;
    return weight;
  }

  private simple({ below, top, result, alignment, hasFloat, makesNan }: Simple): void {
    const { reader, stack } = this;
    if (alignment !== undefined) this.memory.access(this.offset, alignment);
    if (hasFloat) this.checkFloat();
    if (top !== unknownType) stack.pop(top);
    if (below !== unknownType) stack.pop(below);
    if (result !== unknownType) stack.push(result);
    if (makesNan && this.rules.floats === "canonicalise" && stack.isReachable) {
      this.hasNans = true;
      this.edits.add(result === f32Type ? "canonical-f32" : "canonical-f64", reader.at);
    }
  }

  private checkFloat(): void {
    if (this.rules.floats === "refuse") this.reader.fail("wasm-floats-refused", this.offset);
  }

  private local(opcode: number): void {
    const { stack, reader } = this;
    const index = reader.u32();
    const type = this.locals[index];
    if (type === undefined) {
      reader.fail("wasm-unknown-local", this.offset);
      return;
    }
    if (opcode !== opcodes.localGet) stack.pop(type);
    if (opcode !== opcodes.localSet) stack.push(type);
  }

  private control(opcode: number): void {
    switch (opcode) {
      case opcodes.unreachable:
        return this.stack.markUnreachable();
      case opcodes.nop:
        return;
      case opcodes.block:
        return this.open("block");
      case opcodes.loop:
        return this.open("loop");
      case opcodes.if:
        this.stack.pop(i32Type);
        return this.open("if");
      case opcodes.else:
        return this.else();
      case opcodes.end:
        return this.end();
      case opcodes.branch:
        this.branch();
        return this.stack.markUnreachable();
      case opcodes.branchIf:
        this.stack.pop(i32Type);
        return this.branch();
      case opcodes.branchTable:
        return this.branchTable();
      case opcodes.return:
        return this.return();
      case opcodes.call:
        return this.call();
      case opcodes.callIndirect:
        return this.callIndirect();
      default:
        return this.refuse(opcode);
    }
  }

  private open(kind: FrameKind): void {
    const { reader, stack, fuel } = this;
    const { params, results } = this.blockTypes.read();
    stack.popAll(params);
    stack.open(kind, params, results);
    const value = stack.frames.length - 1;
    const valueMax = this.rules.limits.nestingMax;
    reader.within({ code: "wasm-nesting-too-deep", offset: this.offset, value, valueMax });
    if (kind === "loop") fuel.enterLoop(reader.at);
  }

  private else(): void {
    const { stack, fuel, reader } = this;
    const frame = stack.close();
    if (frame?.kind !== "if") {
      reader.fail("wasm-else-without-if", this.offset);
      return;
    }
    stack.open("else", frame.params, frame.results);
    const opened = stack.current;
    if (opened !== undefined) opened.distance = frame.distance;
    fuel.continueAt(frame.distanceAtStart);
  }

  private end(): void {
    const { stack, fuel, reader } = this;
    const frame = stack.close();
    if (frame === undefined) return;
    const { kind, params, results } = frame;
    if (kind === "if") {
      // Without `else` the operands go through unchanged.
      if (!areEqual(params, results)) reader.fail("wasm-type-mismatch", this.offset);
      frame.distance = Math.max(frame.distance, frame.distanceAtStart);
    }
    if (kind === "loop" || kind === "function") fuel.leaveRegion();
    else fuel.continueAt(Math.max(0, frame.distance));
    if (kind === "function") return;
    stack.pushAll(results);
  }

  /** The label's operands stay: after a br_if they are still there. */
  private branch(): void {
    const { reader, stack } = this;
    const frame = stack.label(reader.u32());
    if (frame === undefined) return;
    stack.arrive(frame);
    stack.popAll(labelTypes(frame));
    stack.pushAll(labelTypes(frame));
  }

  private branchTable(): void {
    const { reader, stack } = this;
    stack.pop(i32Type);
    const count = reader.count("wasm-branch-table-too-large", this.rules.limits.branchTableMax);
    let arity = -1;
    for (let index = 0; index <= count && reader.fault === undefined; index++) {
      const frame = stack.label(reader.u32());
      if (frame === undefined) return;
      const types = labelTypes(frame);
      if (arity >= 0 && types.length !== arity) reader.fail("wasm-type-mismatch", this.offset);
      arity = types.length;
      stack.arrive(frame);
      if (arity > 0) stack.peekAll(types);
    }
    stack.markUnreachable();
  }

  private return(): void {
    const { stack } = this;
    stack.popAll(this.results);
    this.edits.add("return", this.offset, 1, stack.frames.length - 1);
    stack.markUnreachable();
  }

  private call(): void {
    const { reader, module } = this;
    const index = reader.u32();
    const type = module.types[module.functions[index] ?? -1];
    if (type === undefined) {
      reader.fail("wasm-unknown-function", this.offset);
      return;
    }
    this.callees.add(index);
    this.apply(type);
  }

  private callIndirect(): void {
    const { reader, module, stack } = this;
    const index = reader.u32();
    const type = module.types[index];
    if (type === undefined) reader.fail("wasm-unknown-type", this.offset);
    if (this.memory.table(this.offset)?.type !== functionReferenceType) {
      reader.fail("wasm-type-mismatch", this.offset);
    }
    stack.pop(i32Type);
    if (type === undefined) return;
    this.indirectTypes.add(index);
    this.apply(type);
  }

  private apply({ params, results }: FunctionType): void {
    this.stack.popAll(params);
    this.stack.pushAll(results);
    if (this.stack.isReachable) this.edits.add("reload-fuel", this.reader.at);
  }

  private other(opcode: number): void {
    const { reader, stack } = this;
    switch (opcode) {
      case opcodes.drop:
        stack.pop(unknownType);
        return;
      case opcodes.select:
        return this.select();
      case opcodes.selectTyped:
        return this.selectTyped();
      case opcodes.globalGet:
        return stack.push(this.global()?.type ?? unknownType);
      case opcodes.globalSet:
        return this.globalSet();
      case opcodes.tableGet:
      case opcodes.tableSet:
        return this.memory.tableAccess(this.offset, opcode);
      case opcodes.memorySize:
      case opcodes.memoryGrow:
        return this.memory.pages(this.offset, opcode);
      case opcodes.i32Const:
        reader.s32();
        return stack.push(i32Type);
      case opcodes.i64Const:
        reader.skipSigned(64);
        return stack.push(i64Type);
      case opcodes.f32Const:
        this.checkFloat();
        reader.skip(4);
        return stack.push(f32Type);
      case opcodes.f64Const:
        this.checkFloat();
        reader.skip(8);
        return stack.push(f64Type);
      case opcodes.referenceNull:
        return stack.push(decodeReferenceType(reader));
      case opcodes.referenceIsNull:
        return this.referenceIsNull();
      case opcodes.referenceFunction:
        return this.referenceFunction();
      case opcodes.prefixed:
        return this.prefixed();
      default:
        return this.refuse(opcode);
    }
  }

  private select(): void {
    const { stack, reader } = this;
    stack.pop(i32Type);
    const first = stack.pop(unknownType);
    const second = stack.pop(first);
    if (isReference(first) || isReference(second)) reader.fail("wasm-type-mismatch", this.offset);
    stack.push(first === unknownType ? second : first);
  }

  private selectTyped(): void {
    const { stack, reader } = this;
    if (reader.u32() !== 1) reader.fail("wasm-type-mismatch", this.offset);
    const type = decodeValueType(reader);
    stack.pop(i32Type);
    stack.pop(type);
    stack.pop(type);
    stack.push(type);
  }

  private global(): Global | undefined {
    const global = this.module.globals[this.reader.u32()];
    if (global === undefined) this.reader.fail("wasm-unknown-global", this.offset);
    return global;
  }

  private globalSet(): void {
    const global = this.global();
    if (global === undefined) return;
    if (!global.mutable) this.reader.fail("wasm-global-immutable", this.offset);
    this.stack.pop(global.type);
  }

  private referenceIsNull(): void {
    const type = this.stack.pop(unknownType);
    if (type !== unknownType && !isReference(type)) {
      this.reader.fail("wasm-type-mismatch", this.offset);
    }
    this.stack.push(i32Type);
  }

  private referenceFunction(): void {
    const { module, reader } = this;
    const index = reader.u32();
    if (index >= module.functions.length) reader.fail("wasm-unknown-function", this.offset);
    else if (!module.declaredFunctions.has(index)) {
      reader.fail("wasm-function-not-declared", this.offset);
    }
    this.stack.push(functionReferenceType);
  }

  private prefixed(): void {
    const opcode = this.reader.u32();
    const conversion = saturatingConversions[opcode];
    if (conversion !== undefined) return this.simple(conversion);
    switch (opcode) {
      case prefixedOpcodes.memoryInit:
      case prefixedOpcodes.memoryCopy:
      case prefixedOpcodes.memoryFill:
      case prefixedOpcodes.dataDrop:
        return this.memory.bulk(this.offset, opcode);
      case prefixedOpcodes.tableInit:
      case prefixedOpcodes.tableCopy:
      case prefixedOpcodes.tableGrow:
      case prefixedOpcodes.tableSize:
      case prefixedOpcodes.tableFill:
      case prefixedOpcodes.elementDrop:
        return this.memory.tableBulk(this.offset, opcode);
      default:
        this.reader.fail("wasm-unknown-instruction", this.offset);
    }
  }

  private refuse(opcode: number): void {
    this.reader.fail(refusalOf(opcode) ?? "wasm-unknown-instruction", this.offset);
  }
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((type, index) => type === right[index]);
}
