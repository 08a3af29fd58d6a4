import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { bytesOfTrustedHex, equalBytes, sha256, toHex } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, parseNodeId, termOf } from "@kith/protocol/ids";
import type { BlockId, BlockNum, Term } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import type { BlockRead, BlockRef, Vote } from "./log-store.ts";
import { bytesOf, errorCodeOf, numberOf, textOf } from "./sqlite.ts";
import type { Connection, SqlRow, Statement } from "./sqlite.ts";

type Table = "blocks" | "repaired_blocks";

/** The rows of log.db. Nothing that is read is believed before its checksum was computed again. */
export class LogRows {
  private readonly statements: ReturnType<typeof prepareStatements>;
  /** Blocks whose row in `blocks` is damaged; nearly always empty. */
  private readonly repaired: Set<number>;

  constructor(connection: Connection) {
    this.statements = prepareStatements(connection);
    const repaired = connection.prepare("SELECT num FROM repaired_blocks").all();
    this.repaired = new Set(repaired.map(([num]) => numberOf(num)));
  }

  /** Undefined when nobody was voted for and no term was seen yet. */
  readVote(): Result<Vote | undefined, "vote-corrupt"> {
    const row = this.statements.readVote.get();
    if (row === undefined) return ok(undefined);
    const [term, votedFor, checksum] = [numberOf(row[0]), row[1], bytesOf(row[2])];
    const text = votedFor === null ? undefined : textOf(votedFor);
    if (!equalBytes(checksum, voteChecksum(term, text))) return err("vote-corrupt");
    if (text === undefined) return ok({ term: termOf(term) });
    const node = parseNodeId(text);
    return node.ok ? ok({ term: termOf(term), votedFor: node.value }) : err("vote-corrupt");
  }

  writeVote({ term, votedFor }: Vote): void {
    this.statements.writeVote.run(term, votedFor ?? null, voteChecksum(term, votedFor));
  }

  readMeta(key: string): string | undefined {
    const row = this.statements.readMeta.get(key);
    return row === undefined ? undefined : textOf(row[0]);
  }

  writeMeta(key: string, value: string): void {
    this.statements.writeMeta.run(key, value);
  }

  /** The first number is kept apart, so that rows that cannot be found at the beginning are missed. */
  range(): { readonly first: BlockNum; readonly last: BlockNum } | undefined {
    const last = this.statements.last.get()?.[0];
    if (last === undefined) return undefined;
    const first = Number(this.readMeta("first") ?? "1");
    return { first: blockNumOf(first), last: blockNumOf(numberOf(last)) };
  }

  writeFirst(num: BlockNum): void {
    this.writeMeta("first", `${num}`);
  }

  append(block: SealedBlock): void {
    this.statements.append.run(...rowOf(block));
  }

  /** The damaged row stays as it is: freeing the pages it points to could free those of others. */
  repair(block: SealedBlock): void {
    this.statements.repair.run(...rowOf(block));
    this.repaired.add(block.header.blockNum);
  }

  truncateAfter(num: BlockNum): void {
    this.statements.truncate.run(num);
    if (this.repaired.size === 0) return;
    this.statements.truncateRepaired.run(num);
    for (const repaired of this.repaired) if (repaired > num) this.repaired.delete(repaired);
  }

  dropBefore(num: BlockNum): void {
    this.statements.dropBefore.run(num);
    if (this.repaired.size === 0) return;
    this.statements.dropRepairedBefore.run(num);
    for (const repaired of this.repaired) if (repaired < num) this.repaired.delete(repaired);
  }

  /** Id and term, when the row says what was written. */
  readRef(num: BlockNum): BlockRef | undefined {
    return this.guarded(() => refOf(num, this.readRow("ref", num)));
  }

  /** Checks everything that can be: the row's checksum, the block's id and content, and the link to the one before. */
  readBlock(num: BlockNum): BlockRead {
    const read = this.guarded((): BlockRead | undefined => {
      const row = this.readRow("block", num);
      if (row === undefined) return { kind: "absent" };
      const ref = refOf(num, row);
      const block = decodeBlock(bytesOf(row[3]));
      if (ref === undefined || !block.ok) return undefined;
      const { id, header } = block.value;
      if (id !== ref.id || header.blockNum !== num || header.term !== ref.term) return undefined;
      const previous = num > 1 ? this.readRef(blockNumOf(num - 1)) : undefined;
      if (previous !== undefined && previous.id !== header.previous) return undefined;
      return { kind: "found", block: block.value };
    });
    return read ?? { kind: "corrupt", num };
  }

  private readRow(what: "ref" | "block", num: BlockNum): SqlRow | undefined {
    const table: Table = this.repaired.has(num) ? "repaired_blocks" : "blocks";
    return this.statements[what][table].get(num);
  }

  /** What stands in a damaged place is not an error of the program: undefined. */
  private guarded<T>(read: () => T | undefined): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof TypeError || errorCodeOf(error).startsWith("SQLITE_CORRUPT")) {
        return undefined;
      }
      throw error;
    }
  }
}

function prepareStatements(connection: Connection) {
  const prepare = (sql: string): Statement => connection.prepare(sql);
  return {
    append: prepare("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)"),
    repair: prepare("INSERT OR REPLACE INTO repaired_blocks VALUES (?, ?, ?, ?, ?)"),
    truncate: prepare("DELETE FROM blocks WHERE num > ?"),
    truncateRepaired: prepare("DELETE FROM repaired_blocks WHERE num > ?"),
    dropBefore: prepare("DELETE FROM blocks WHERE num < ?"),
    dropRepairedBefore: prepare("DELETE FROM repaired_blocks WHERE num < ?"),
    last: prepare("SELECT num FROM blocks ORDER BY num DESC LIMIT 1"),
    ref: {
      blocks: prepare("SELECT term, id, checksum FROM blocks WHERE num = ?"),
      repaired_blocks: prepare("SELECT term, id, checksum FROM repaired_blocks WHERE num = ?"),
    },
    block: {
      blocks: prepare("SELECT term, id, checksum, bytes FROM blocks WHERE num = ?"),
      repaired_blocks: prepare(
        "SELECT term, id, checksum, bytes FROM repaired_blocks WHERE num = ?",
      ),
    },
    readVote: prepare("SELECT term, voted_for, checksum FROM vote WHERE slot = 0"),
    writeVote: prepare("INSERT OR REPLACE INTO vote VALUES (0, ?, ?, ?)"),
    readMeta: prepare("SELECT value FROM meta WHERE key = ?"),
    writeMeta: prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"),
  };
}

function rowOf({ id, header, bytes }: SealedBlock): SqlRow {
  const checksum = refChecksum(header.blockNum, header.term, id);
  return [header.blockNum, header.term, bytesOfTrustedHex(id), checksum, bytes];
}

function refOf(num: BlockNum, row: SqlRow | undefined): BlockRef | undefined {
  if (row === undefined) return undefined;
  const [term, idBytes, checksum] = [numberOf(row[0]), bytesOf(row[1]), bytesOf(row[2])];
  const id = toHex(idBytes);
  if (!equalBytes(checksum, refChecksum(num, term, id))) return undefined;
  return { id: blockIdOf(id), term: termOf(term) };
}

const checksumBytes = 8;

function refChecksum(num: BlockNum, term: number, id: BlockId | string): Uint8Array {
  return sha256(Buffer.from(`block ${num} ${term} ${id}`)).subarray(0, checksumBytes);
}

function voteChecksum(term: Term | number, votedFor: string | undefined): Uint8Array {
  return sha256(Buffer.from(`vote ${term} ${votedFor ?? "-"}`)).subarray(0, checksumBytes);
}
