import type { SqlRow } from "../sqlite.ts";
import type { SqlError } from "./sql-error.ts";

/** What a statement of a service may touch. */
export type Allowed = {
  /** Root pages of its tables and their indexes. */
  readonly roots: ReadonlySet<number>;
  /** Every module of virtual tables that SQLite has here, in lower case. */
  readonly modules: ReadonlySet<string>;
  /** Everything in the statement that could be a name, in lower case. */
  readonly names: ReadonlySet<string>;
};

/**
 * Looks at the program that SQLite makes of a statement (https://sqlite.org/opcode.html), which is what runs: the
 * tables that it opens, the functions that it calls, and no instruction that is not known to do nothing else than read.
 */
export function checkProgram(program: readonly SqlRow[], allowed: Allowed): SqlError | undefined {
  for (const step of program) {
    const what = whyRefused(step, allowed);
    if (what !== undefined) return { code: "sql-not-allowed", what };
  }
  return undefined;
}

function whyRefused([, opcode, , p2, p3, p4, p5]: SqlRow, allowed: Allowed): string | undefined {
  const instruction = String(opcode);
  switch (instruction) {
    case "OpenRead":
    case "ReopenIdx": {
      const isOwn =
        p3 === 0 && allowed.roots.has(Number(p2)) && (Number(p5) & rootInRegister) === 0;
      return isOwn ? undefined : "tables of others";
    }
    case "Transaction":
      return p2 === 0 ? undefined : "statements that write";
    case "VOpen":
      return whyVirtualRefused(allowed);
    case "Function":
    case "PureFunc":
    case "AggStep":
    case "AggStep1":
    case "AggInverse":
    case "AggValue":
    case "AggFinal": {
      const name = String(p4).replace(/\(-?[0-9]+\)$/, "");
      return functions.has(name.toLowerCase()) ? undefined : `the function ${name}`;
    }
    default:
      return instructions.has(instruction) ? undefined : instruction;
  }
}

/** The program does not say which virtual table it opens, so no other one may be named anywhere in the statement. */
function whyVirtualRefused({ modules, names }: Allowed): string | undefined {
  for (const name of names) {
    const isOther = modules.has(name) && !virtualTables.has(name);
    if (isOther || name.startsWith("pragma_")) return `the table ${name}`;
  }
  return [...virtualTables].some((name) => names.has(name)) ? undefined : "virtual tables";
}

const virtualTables: ReadonlySet<string> = new Set(["json_each", "json_tree"]);

/** OPFLAG_P2ISREG: the root page comes out of a register. */
const rootInRegister = 0x10;

/** None that reads a clock, files, settings or chance, and none that ends the process or makes values of any size at once. */
const functions: ReadonlySet<string> = new Set(
  (
    "-> ->> abs avg ceil ceiling coalesce concat concat_ws count cume_dist dense_rank first_value floor " +
    "glob group_concat hex ifnull iif instr json json_array json_array_length json_extract json_group_array " +
    "json_group_object json_insert json_object json_patch json_quote json_remove json_replace json_set json_type " +
    "json_valid lag last_value lead length like lower ltrim max min nth_value ntile nullif octet_length percent_rank " +
    "quote rank replace round row_number rtrim sign string_agg substr substring sum total trim typeof unhex unicode " +
    "upper"
  ).split(" "),
);

/** They compute, jump, read what is open, and write to what only the statement has. */
const instructions: ReadonlySet<string> = new Set(
  (
    "Abortable Add AddImm Affinity And BeginSubrtn BitAnd BitNot BitOr Blob Cast Close ClrSubtype CollSeq Column " +
    "ColumnsUsed Compare Concat Copy Count CursorHint DecrJumpZero DeferredSeek Delete Divide ElseEq EndCoroutine " +
    "Eq Explain Filter FilterAdd FinishSeek Found Ge GetSubtype Gosub Goto Gt Halt HaltIfNull IdxDelete IdxGE IdxGT " +
    "IdxInsert IdxLE IdxLT IdxRowid If IfNoHope IfNot IfNotOpen IfNotZero IfNullRow IfPos IfSizeBetween Init " +
    "InitCoroutine Insert Int64 IntCopy Integer IsNull IsTrue IsType Jump Last Le Lt MakeRecord Move Multiply " +
    "MustBeInt Ne NewRowid Next NoConflict Noop Not NotExists NotFound NotNull Null NullRow OffsetLimit Once " +
    "OpenAutoindex OpenDup OpenEphemeral OpenPseudo Or Permutation Prev Real RealAffinity ReleaseReg Remainder " +
    "ResetSorter ResultRow Return Rewind RowData RowSetAdd RowSetRead RowSetTest Rowid SCopy SeekEnd SeekGE SeekGT " +
    "SeekHit SeekLE SeekLT SeekRowid SeekScan Sequence SequenceTest SetSubtype ShiftLeft ShiftRight SoftNull Sort " +
    "SorterCompare SorterData SorterInsert SorterNext SorterOpen SorterSort String String8 Subtract VColumn VFilter " +
    "VInitIn VNext VPreparedSql Variable Yield ZeroOrNull"
  ).split(" "),
);
