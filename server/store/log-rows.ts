import { ballotRestCodec, type Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { bytesOfTrustedHex, equalBytes, sha256, sha256Hex, toHex } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, parseNodeId, termOf } from "@kith/protocol/ids";
import type { BlockId, BlockNum, Term } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import type { BlockRead, BlockRef } from "./log-store.ts";
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
  readBallot(): Result<Ballot | undefined, "vote-corrupt"> {
    const row = this.statements.readBallot.get();
    if (row === undefined) return ok(undefined);
    const [term, votedFor, rest, checksum] = [numberOf(row[0]), row[1], row[2], bytesOf(row[3])];
    const text = votedFor === null ? undefined : textOf(votedFor);
    const packed = rest === null ? undefined : bytesOf(rest);
    if (!equalBytes(checksum, voteChecksum(term, text, packed))) return err("vote-corrupt");
    const added = packed === undefined ? ok(nothingMore) : ballotRestCodec.unpack(packed);
    const node = text === undefined ? undefined : parseNodeId(text);
    if (!added.ok || node?.ok === false) return err("vote-corrupt");
    const { root, lock } = added.value;
    return ok({
      term: termOf(term),
      ...(node === undefined ? {} : { votedFor: node.value }),
      ...(root === undefined ? {} : { root }),
      ...(lock === undefined ? {} : { lock }),
    });
  }

  writeBallot({ term, votedFor, root, lock }: Ballot): void {
    const isPlain = root === undefined && lock === undefined;
    const rest = isPlain
      ? undefined
      : ballotRestCodec.pack({
          ...(root === undefined ? {} : { root }),
          ...(lock === undefined ? {} : { lock }),
        });
    const checksum = voteChecksum(term, votedFor, rest);
    this.statements.writeBallot.run(term, votedFor ?? null, rest ?? null, checksum);
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
    readBallot: prepare("SELECT term, voted_for, rest, checksum FROM vote WHERE slot = 0"),
    writeBallot: prepare(
      "INSERT OR REPLACE INTO vote (slot, term, voted_for, rest, checksum) VALUES (0, ?, ?, ?, ?)",
    ),
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

function voteChecksum(
  term: Term | number,
  votedFor: string | undefined,
  rest: Uint8Array | undefined,
): Uint8Array {
  const text = `vote ${term} ${votedFor ?? "-"}`;
  const whole = rest === undefined ? text : `${text} ${sha256Hex(rest)}`;
  return sha256(Buffer.from(whole)).subarray(0, checksumBytes);
}

const nothingMore: Pick<Ballot, "root" | "lock"> = {};
