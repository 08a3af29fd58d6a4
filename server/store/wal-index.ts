import { closeSync, openSync, readSync } from "node:fs";

/**
 * Reads the header of SQLite's wal-index (the `-shm` file; https://sqlite.org/walformat.html section 2.1): how many
 * frames the write-ahead log holds and which salts they carry.
 *
 * Closing any descriptor of that file drops the process's locks on it, so `close` comes after the connections'.
 */
export class WalIndex {
  private readonly descriptor: number;
  private readonly header = new Uint32Array(12);

  constructor(databasePath: string) {
    this.descriptor = openSync(`${databasePath}-shm`, "r");
  }

  read(): { readonly frames: number; readonly salts: readonly [number, number] } {
    readSync(this.descriptor, this.header, 0, this.header.byteLength, 0);
    const [, , , , frames = 0, , , , salt1 = 0, salt2 = 0] = this.header;
    return { frames, salts: [bigEndian(salt1), bigEndian(salt2)] };
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** The salts are kept in the byte order that they have in the log, whatever the machine's is. */
function bigEndian(value: number): number {
  const view = new DataView(Uint32Array.of(value).buffer);
  return view.getUint32(0);
}
