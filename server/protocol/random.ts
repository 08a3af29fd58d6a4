/**
 * xoshiro128++ (Blackman and Vigna, 2019), seeded by splitmix32: 128 bits of state, a period of 2^128-1. For
 * simulated networks and randomised timeouts; never for keys.
 */
export type RandomState = [number, number, number, number];

/** The same seed gives the same sequence on every runtime. Uses the low 64 bits of an integer seed. */
export function seedRandom(seed: number): RandomState {
  let mixed = (seed ^ Math.floor(seed / 0x1_0000_0000)) | 0;
  const next = (): number => {
    mixed = (mixed + 0x9e37_79b9) | 0;
    let word = mixed ^ (mixed >>> 16);
    word = Math.imul(word, 0x21f0_aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a_2d97);
    return word ^ (word >>> 15);
  };
  return [next(), next(), next(), next()];
}

/** The next 32 random bits, as 0 to 2^32-1. Changes `state`. */
export function nextU32(state: RandomState): number {
  const [a, b, c, d] = state;
  const sum = (a + d) | 0;
  const result = (rotateLeft(sum, 7) + a) >>> 0;
  const crossed = c ^ a;
  const mixed = d ^ b;
  state[0] = a ^ mixed;
  state[1] = b ^ crossed;
  state[2] = crossed ^ (b << 9);
  state[3] = rotateLeft(mixed, 11);
  return result;
}

/** The next number of [0, 1). Changes `state`. */
export function nextFloat(state: RandomState): number {
  return nextU32(state) / 0x1_0000_0000;
}

/** The next integer of [0, below), for `below` up to 2^32. Changes `state`. */
export function nextBelow(state: RandomState, below: number): number {
  return Math.floor(nextFloat(state) * below);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
