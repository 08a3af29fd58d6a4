import type { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { opcodes } from "./instructions.ts";
import { skipImmediates } from "./skip-immediates.ts";

/** What becomes of branches, by their numbers in the order of the code. */
export type BranchEdits = {
  /** Nothing of the module's code comes there, up to where control can come by another way. */
  readonly isCut: (branch: number) => boolean;
  /** Writes what stands at the beginning of a branch that is not cut. */
  readonly mark?: (branch: number, out: ByteWriter) => void;
};

const noLocals = 0;

/**
 * Copies the code section that the reader stands at the beginning of. A branch begins where control comes only under a condition: with a
 * function, behind `if`, `else` and `br_if`, in a loop, and behind the end of a block. All that follows a branch up to the end of the
 * construct that it is in runs after it or never, so that can be left out behind an `unreachable`, where the stack has any type
 * that is wanted (core specification 2.0, section 3.3, "stack-polymorphic").
 */
export function rewriteBranches(reader: ByteReader, edits: BranchEdits): ByteWriter {
  const code = new ByteWriter(reader.bytes.length);
  const count = reader.u32();
  code.u32(count);
  let branch = 0;
  for (let place = 0; place < count; place++) {
    const end = reader.u32() + reader.at;
    const body = new BodyCopy(reader, edits, branch);
    code.sized(body.copy(end));
    branch = body.branch;
  }
  return code;
}

class BodyCopy {
  readonly #reader: ByteReader;
  readonly #edits: BranchEdits;
  readonly #out = new ByteWriter(64);
  /** Constructs around the place where the reader is, within the function. */
  #depth = 0;
  /** While code is left out: the depth of the construct whose end, or whose `else`, ends that. */
  #cutDepth: number | undefined;
  /** The next one's number. */
  branch: number;

  constructor(reader: ByteReader, edits: BranchEdits, branch: number) {
    this.#reader = reader;
    this.#edits = edits;
    this.branch = branch;
  }

  copy(end: number): ByteWriter {
    this.#copyLocals();
    this.#beginBranch();
    const { bytes } = this.#reader;
    while (this.#reader.at < end) {
      const opcode = this.#instruction();
      if (parts(opcode) && this.#reader.at < end && !isEmpty(bytes[this.#reader.at])) {
        this.#beginBranch();
      }
    }
    return this.#out;
  }

  /** What is never entered needs none. */
  #copyLocals(): void {
    const reader = this.#reader;
    const start = reader.at;
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      reader.byte();
    }
    if (this.#edits.isCut(this.branch)) this.#out.u32(noLocals);
    else this.#out.copy(reader.bytes, start, reader.at);
  }

  #beginBranch(): void {
    const branch = this.branch++;
    if (this.#cutDepth !== undefined) return;
    if (this.#edits.isCut(branch)) {
      this.#out.byte(opcodes.unreachable);
      this.#cutDepth = this.#depth;
    } else {
      this.#edits.mark?.(branch, this.#out);
    }
  }

  #instruction(): number {
    const reader = this.#reader;
    const start = reader.at;
    const opcode = reader.byte();
    skipImmediates(reader, opcode);
    if (opens(opcode)) this.#depth++;
    if (closes(opcode) && this.#cutDepth === this.#depth) this.#cutDepth = undefined;
    if (opcode === opcodes.end) this.#depth--;
    if (this.#cutDepth === undefined) this.#out.copy(reader.bytes, start, reader.at);
    return opcode;
  }
}

function opens(opcode: number): boolean {
  return opcode === opcodes.block || opcode === opcodes.loop || opcode === opcodes.if;
}

function closes(opcode: number): boolean {
  return opcode === opcodes.end || opcode === opcodes.else;
}

/** What stands behind it is another branch. */
function parts(opcode: number): boolean {
  const isOfBlock = opcode === opcodes.if || opcode === opcodes.loop;
  return closes(opcode) || isOfBlock || opcode === opcodes.branchIf;
}

/** There is nothing to leave out of a branch that begins with this. */
function isEmpty(opcode: number | undefined): boolean {
  return opcode === opcodes.end || opcode === opcodes.else || opcode === opcodes.unreachable;
}
