import type { PreparedStore } from "./prepared-code.ts";

/** A store in memory that counts what it is asked, and may lose or spoil what it has. */
export class MapStore implements PreparedStore {
  readonly contents = new Map<string, Uint8Array>();
  readonly reads: string[] = [];
  writes = 0;

  read(name: string): Uint8Array | undefined {
    this.reads.push(name);
    return this.contents.get(name)?.slice();
  }

  write(name: string, content: Uint8Array): void {
    this.writes += 1;
    this.contents.set(name, content.slice());
  }
}
