import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import { certificateCodec } from "@kith/protocol/certificates";
import { concatBytes, equalBytes, sha256 } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import type { BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";

import { bytesOf, errorCodeOf, numberOf } from "./sqlite.ts";
import type { Connection, SqlRow, Statement } from "./sqlite.ts";

/** A certificate without its contents. `isChange`: the block changes the producers. */
export type CertificateRef = { readonly num: BlockNum; readonly isChange: boolean };

/** The certificates of log.db. A row that is not what was written counts as none: other nodes have certificates too. */
export class CertificateRows {
  private readonly statements: ReturnType<typeof prepareStatements>;

  constructor(connection: Connection) {
    this.statements = prepareStatements(connection);
  }

  /** Ascending. */
  list(): readonly CertificateRef[] {
    const rows = guarded(() => this.statements.list.all()) ?? [];
    return rows.map(([num, isChange]) => {
      return { num: blockNumOf(numberOf(num)), isChange: isChange === 1 };
    });
  }

  write({ num, isChange }: CertificateRef, { header, certificate }: CertifiedHeader): void {
    const [first, second] = [headerCodec.pack(header), certificateCodec.pack(certificate)];
    const checksum = checksumOf({ num, isChange }, first, second);
    this.statements.write.run(num, isChange ? 1 : 0, checksum, first, second);
  }

  delete(num: BlockNum): void {
    this.statements.delete.run(num);
  }

  read(ref: CertificateRef): CertifiedHeader | undefined {
    return guarded(() => {
      const row = this.statements.read.get(ref.num);
      return row === undefined ? undefined : certifiedOf(ref, row);
    });
  }
}

function certifiedOf(ref: CertificateRef, row: SqlRow): CertifiedHeader | undefined {
  const [checksum, first, second] = [bytesOf(row[0]), bytesOf(row[1]), bytesOf(row[2])];
  if (!equalBytes(checksum, checksumOf(ref, first, second))) return undefined;
  const [header, certificate] = [headerCodec.unpack(first), certificateCodec.unpack(second)];
  if (!header.ok || !certificate.ok) return undefined;
  if (certificate.value.id !== blockIdOfHeader(header.value)) return undefined;
  return { header: header.value, certificate: certificate.value };
}

function prepareStatements(connection: Connection) {
  const prepare = (sql: string): Statement => connection.prepare(sql);
  return {
    list: prepare("SELECT num, is_change FROM certificates ORDER BY num"),
    write: prepare("INSERT OR REPLACE INTO certificates VALUES (?, ?, ?, ?, ?)"),
    delete: prepare("DELETE FROM certificates WHERE num = ?"),
    read: prepare("SELECT checksum, header, certificate FROM certificates WHERE num = ?"),
  };
}

const checksumBytes = 8;

function checksumOf(
  { num, isChange }: CertificateRef,
  header: Uint8Array,
  certificate: Uint8Array,
): Uint8Array {
  const text = `certificate ${num} ${isChange ? "change" : "-"} ${header.length} `;
  return sha256(concatBytes(Buffer.from(text), header, certificate)).subarray(0, checksumBytes);
}

/** What stands in a damaged place is not an error of the program: undefined. */
function guarded<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError || errorCodeOf(error).startsWith("SQLITE_CORRUPT")) {
      return undefined;
    }
    throw error;
  }
}
