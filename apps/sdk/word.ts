import { custom, str, type Codec } from "@kith/protocol/fracpack";

/**
 * One of a few words, which travels and is stored as text, so that everybody who looks at it can read it. Anything else
 * is malformed.
 *
 *     const role = word("device", "passkey", "recovery");
 */
export function word<const Words extends readonly string[]>(...words: Words): Codec<Words[number]> {
  return custom<Words[number], string>(str, {
    encode: (value) => value,
    decode: (packed) => words.find((each) => each === packed),
  });
}
