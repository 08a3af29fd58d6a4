import { regionWindowAt, regionWindowBytes, transferBytesMax } from "@kith/protocol/guest-abi";
import { concatBytes } from "@kith/protocol/hashes";
import { ServiceAbort } from "@kith/protocol/service-abi";

/** The machine's end of the region: collects input that comes in pieces, and gives output out in pieces. */
export class HostTransfer {
  #input: Uint8Array[] = [];
  #inputBytes = 0;
  #output: Uint8Array | undefined;
  #given = 0;

  /** A window of input that is not the last. */
  append(window: Uint8Array): void {
    this.#addInput(window);
  }

  /** All of the input; what is in the window now is its last piece. */
  take(window: Uint8Array): Uint8Array {
    if (this.#inputBytes === 0) return window.slice();
    try {
      this.#addInput(window);
      return concatBytes(...this.#input);
    } finally {
      this.#input = [];
      this.#inputBytes = 0;
    }
  }

  /** Puts the first piece of the output into the window; `more` gives the others. */
  give(region: Uint8Array, output: Uint8Array): void {
    if (output.length > transferBytesMax) throw tooLong(output.length);
    const first = Math.min(output.length, regionWindowBytes);
    region.set(first === output.length ? output : output.subarray(0, first), regionWindowAt);
    this.#output = first === output.length ? undefined : output;
    this.#given = first;
  }

  /** The size of the next piece, which is in the window. */
  more(region: Uint8Array): number {
    const output = this.#output;
    if (output === undefined) return 0;
    const piece = output.subarray(this.#given, this.#given + regionWindowBytes);
    region.set(piece, regionWindowAt);
    this.#given += piece.length;
    if (this.#given === output.length) this.#output = undefined;
    return piece.length;
  }

  #addInput(window: Uint8Array): void {
    this.#inputBytes += window.length;
    if (this.#inputBytes > transferBytesMax) throw tooLong(this.#inputBytes);
    this.#input.push(window.slice());
  }
}

function tooLong(sizeBytes: number): ServiceAbort {
  const message = `${sizeBytes} bytes in one call; at most ${transferBytesMax}`;
  return new ServiceAbort("value-too-long", message);
}
