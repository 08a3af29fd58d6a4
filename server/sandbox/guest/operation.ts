import type { QueryHost } from "@kith/protocol/service-abi";

/** One operation that a guest asks for: the words of its header and its input. */
export type Asked = {
  readonly words: Int32Array;
  readonly input: Uint8Array;
  readonly text: string | undefined;
  /** Takes fuel for what the input did not show. */
  readonly charge: (fuel: number) => void;
};

/** A number for word 0, bytes as output, or a text; undefined is the answer "absent". */
export type Answer = number | Uint8Array | { readonly text: string } | undefined;

export type Operate = (host: QueryHost, asked: Asked) => Answer;

/** What each operation does, by its number. */
export type Operations = ReadonlyMap<number, Operate>;
