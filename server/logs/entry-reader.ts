import { decodeVaru64, type Varu64Error } from "./varu64.ts";
import { decodeYamfHash, type YamfHash, type YamfHashError } from "./yamf-hash.ts";

export type EntryFieldError =
  | Varu64Error
  | YamfHashError
  | { readonly code: "entry-cut-off"; readonly sizeBytes: number };

/** Reads field after field and remembers the first error, after which every field is empty. */
export class EntryReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  error: EntryFieldError | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get restBytes(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(count: number): Uint8Array {
    if (this.restBytes < count) {
      this.error ??= { code: "entry-cut-off", sizeBytes: this.#bytes.length };
    }
    if (this.error !== undefined) return new Uint8Array();
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  number(): bigint {
    if (this.error !== undefined) return 0n;
    const decoded = decodeVaru64(this.#bytes, this.#at);
    if (!decoded.ok) {
      this.error = decoded.error;
      return 0n;
    }
    this.#at = decoded.value.next;
    return decoded.value.value;
  }

  hash(): YamfHash | undefined {
    if (this.error !== undefined) return undefined;
    const decoded = decodeYamfHash(this.#bytes, this.#at);
    if (!decoded.ok) {
      this.error = decoded.error;
      return undefined;
    }
    this.#at = decoded.value.next;
    return decoded.value.hash;
  }
}
