import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { guestProgram } from "./guest-program.ts";
import type { Job } from "./job.ts";

/** Several times what a transaction has: what these programs take is looked at, not limited. */
const generousFuel = 20_000_000_000;

const folder = join(import.meta.dirname, "corpus");

/** The programs of `corpus/`, each of which may call these three others. */
export function corpusJobs(): readonly Job[] {
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({
      name: file.replace(".js", ""),
      source: guestProgram(readFileSync(join(folder, file), "utf8")),
      fuel: generousFuel,
      others,
    }));
}

const others = {
  other: guestProgram(`
    globalThis.mark = (globalThis.mark ?? 0) + 1;
    Object.prototype.mine = globalThis.mark;
    show("other", globalThis.mark, globalThis.polluted);
  `),
  throws: guestProgram(`kith.words[0] = 2; throw new Error("of another");`),
  deep: guestProgram(`
    let deepest = 0;
    const f = (n) => { deepest = n; return f(n + 1) + 1; };
    try { f(0); } catch (error) { show(error.message, deepest); }
    show(kith.call("deep").slice(0, 200));
  `),
};
