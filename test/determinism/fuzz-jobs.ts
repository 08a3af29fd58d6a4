import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";

import { corpusJobs } from "./corpus.ts";
import { guestProgram } from "./guest-program.ts";
import type { Job } from "./job.ts";

const fuel = 100_000_000;
const changesMax = 4;
const cutCharsMax = 40;

/** What parsers stumble over. */
const tokens = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "`",
  "${",
  "'",
  '"',
  "/",
  "\\",
  "//",
  "/*",
  "*/",
  "=>",
  "...",
  "?.",
  "#x",
  "\n",
  ";",
  ",",
  ":",
  "=",
  "++",
  "async ",
  "await ",
  "yield ",
  "function ",
  "class ",
  "get ",
  "static ",
  "super",
  "new.target",
  "import(",
  "0x",
  "1n",
  "1e999",
  "\u2028",
  "\ufeff",
  "\\u{110000}",
  "<!--",
  "@",
  "kithGuest",
  "kithRegion",
  "with(",
] as const;

/** Sources of the corpus after a few changes, each decided by its seed. */
export function mutatedSources(firstSeed: number, count: number): readonly Job[] {
  const jobs = corpusJobs();
  return Array.from({ length: count }, (_, place) => {
    const random = seedRandom(firstSeed + place);
    const job = jobs[nextBelow(random, jobs.length)];
    const source = mutated(job?.source ?? "", random);
    return { name: `source of seed ${firstSeed + place}`, source, fuel };
  });
}

function mutated(source: string, random: RandomState): string {
  const change = nextBelow(random, 4) === 0 ? withAnotherText : withAnotherWord;
  let text = source;
  for (let changes = 1 + nextBelow(random, changesMax); changes > 0; changes--) {
    text = change(text, random);
  }
  return text;
}

/** Mostly an error of syntax. */
function withAnotherText(text: string, random: RandomState): string {
  const at = nextBelow(random, text.length + 1);
  const end = at + nextBelow(random, cutCharsMax);
  const from = nextBelow(random, text.length + 1);
  const token = tokens[nextBelow(random, tokens.length)] ?? "";
  const put = [token, "", text.slice(from, from + cutCharsMax), token.repeat(50)];
  return text.slice(0, at) + (put[nextBelow(random, put.length)] ?? "") + text.slice(end);
}

/** Mostly another program: one number, name or operator stands in the place of another of its kind. */
function withAnotherWord(text: string, random: RandomState): string {
  const kinds = [
    /\b\d[\d.e]*\b/g,
    /(?<![.\w"'])[a-z]\w*/g,
    /(?<= )[-+*%<>&|^](?= )/g,
    /\.[a-z]\w+/g,
  ];
  const words = [...text.matchAll(kinds[nextBelow(random, kinds.length)] ?? /./g)];
  const at = words[nextBelow(random, words.length)];
  const other = words[nextBelow(random, words.length)];
  if (at === undefined || other === undefined) return text;
  return text.slice(0, at.index) + other[0] + text.slice(at.index + at[0].length);
}

/** Guests that leave anything in the region and then ask anything, or come to an end with it. */
export function mutatedRegions(firstSeed: number, count: number): readonly Job[] {
  return Array.from({ length: count }, (_, place) => {
    const seed = firstSeed + place;
    return { name: `region of seed ${seed}`, source: guestProgram(regionProgram(seed)), fuel };
  });
}

function regionProgram(seed: number): string {
  return `
    let state = ${seed} | 0;
    const below = (count) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % count;
    };
    const sizes = [0, 1, 2, 3, 8, 32, 64, 96, 160, 1000, 65471, 65472, 65472, 5, 7];
    const strange = [-1, -2, -2147483648, 2147483647, 65536, 4096, 256];
    const texts = [undefined, "", "ab", "\\ud800", "a\\u0000b", "x".repeat(5000), null, {}, "00ff"];
    const spoil = () => {
      for (let i = 0; i < 16; i++) if (below(2)) kith.words[i] = below(3) ? sizes[below(sizes.length)] : strange[below(strange.length)];
      for (let i = below(40); i > 0; i--) kith.window[below(3) ? below(200) : below(65472)] = below(4) ? 97 + below(26) : below(256);
    };
    for (let round = 0; round < 25; round++) {
      spoil();
      kith.words[1] = below(60) ? sizes[below(sizes.length)] : strange[below(strange.length)];
      const operation = below(100) ? below(25) : 99;
      try {
        const text = kith.host(operation, texts[below(texts.length)]);
        show(operation, kith.words[0], kith.words[1], typeof text === "string" ? text.slice(0, 50) : typeof text);
      } catch (error) {
        show(operation, error?.name, error?.message);
      }
    }
    kith.last = () => { if (below(2)) spoil(); };
  `;
}
