import { custom, u32, type Codec } from "./fracpack.ts";
import { blockNumOf, termOf, type BlockNum, type Term } from "./ids.ts";

/** A height as u32. */
export const blockNumCodec: Codec<BlockNum> = custom<BlockNum, number>(u32, {
  encode: (num) => num,
  decode: blockNumOf,
});

/** A term as u32. */
export const termCodec: Codec<Term> = custom<Term, number>(u32, {
  encode: (term) => term,
  decode: termOf,
});
