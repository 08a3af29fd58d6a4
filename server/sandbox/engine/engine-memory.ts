const encoder = new TextEncoder();
/** A byte order mark at the beginning is a character like any other. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The memory of one instance, seen as bytes and words; the views are made anew when it has grown. */
export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #words: Int32Array;

  constructor(pages: number, pagesMax: number) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pagesMax });
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#words = new Int32Array(this.memory.buffer);
  }

  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.memory.buffer);
    return this.#bytes;
  }

  get words(): Int32Array {
    if (this.#words.length === 0) this.#words = new Int32Array(this.memory.buffer);
    return this.#words;
  }

  /** The address behind the text's last byte, which is followed by a zero. */
  endOfText(at: number): number {
    return this.bytes.indexOf(0, at);
  }

  text(at: number): string {
    return decoder.decode(wellFormed(this.bytes.subarray(at, this.endOfText(at))));
  }

  putText(at: number, text: string): void {
    const { bytes } = this;
    const { written } = encoder.encodeInto(text, bytes.subarray(at));
    bytes[at + written] = 0;
  }
}

/** The engine writes half of a surrogate pair as three bytes that are no UTF-8: one U+FFFD, as everywhere else. */
function wellFormed(text: Uint8Array): Uint8Array {
  let copy: Uint8Array | undefined;
  for (let at = text.indexOf(surrogateLead); at >= 0; at = text.indexOf(surrogateLead, at + 1)) {
    if ((text[at + 1] ?? 0) < surrogateSecond) continue;
    copy ??= text.slice();
    copy.set(replacement, at);
  }
  return copy ?? text;
}

const surrogateLead = 0xed;
const surrogateSecond = 0xa0;
const replacement = Uint8Array.of(0xef, 0xbf, 0xbd);
