import { BySpace } from "./by-space.ts";
import { followedRowBytesMax, followedRowsMax } from "./limits.ts";
import type { RowAddress, RowReader } from "./state-store.ts";

/** Rows of the file at one height, so that what every query asks for is read once. */
export class HotRows {
  private spaces = new BySpace<Map<string, Uint8Array | undefined>>();
  private num = 0;
  private count = 0;

  /** True when the file was at another height before: then everything is forgotten. */
  moveTo(num: number): boolean {
    if (num === this.num) return false;
    this.num = num;
    this.clear();
    return true;
  }

  get(address: RowAddress, keyText: string, file: RowReader): Uint8Array | undefined {
    const { service, space } = address;
    let rows = this.spaces.get(service, space);
    const known = rows?.get(keyText);
    if (known !== undefined || rows?.has(keyText) === true) return known;
    const row = file.getRow(address);
    if (row !== undefined && row.length > followedRowBytesMax) return row;
    if (this.count >= followedRowsMax) {
      this.clear();
      rows = undefined;
    }
    if (rows === undefined) {
      rows = new Map();
      this.spaces.set(service, space, rows);
    }
    rows.set(keyText, row);
    this.count++;
    return row;
  }

  private clear(): void {
    this.spaces = new BySpace();
    this.count = 0;
  }
}
