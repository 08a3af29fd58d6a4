import assert from "node:assert/strict";
import { after, test } from "node:test";

import { guestProgram } from "./guest-program.ts";
import {
  acornParsesItself,
  acornPassesParserTests,
  fractionsPassTheirTests,
  type LibraryProgram,
} from "./library-programs.ts";
import { assertAgreement } from "./runtimes-agree.ts";
import { openRuntimes } from "./runtimes.ts";

const runtimes = openRuntimes();
after(() => runtimes.close());

/** Far more than a transaction has; the memory is that of any service. */
const fuel = 200_000_000_000;

/** The same program outside of the sandbox, in the runtime of this test. */
function shownNatively({ text }: LibraryProgram): string {
  const lines: string[] = [];
  const show = (...values: readonly unknown[]): void => {
    lines.push(values.map((value) => JSON.stringify(value)).join(" "));
  };
  // oxlint-disable-next-line no-implied-eval -- the program is a text for both
  new Function("show", text)(show);
  return asAscii(lines.join("\n"));
}

function asAscii(text: string): string {
  return text.replaceAll(/[^\n -~]/g, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** How each ends when the library does what its tests ask. */
const programs = [
  { program: acornParsesItself(), ending: /^-?\d+ "ArrayExpression,47 .*WhileStatement,34"$/ },
  // What those were right about in their time: class fields and line separators in texts are in the language now.
  { program: acornPassesParserTests(), ending: /"unexpected" 5 "of" 1340$/ },
  { program: fractionsPassTheirTests(), ending: /"passed" 314 "failed" 0$/ },
];

test("programs by others pass their own tests in the sandbox, alike on every runtime, with the memory of a service", async () => {
  const jobs = programs.map(({ program: { name, text } }) => ({
    name,
    source: guestProgram(text),
    fuel,
    once: true,
  }));
  const comparisons = await assertAgreement(runtimes, jobs);
  for (const [place, { program, ending }] of programs.entries()) {
    const outcome = comparisons[place]?.outcome;
    assert.equal(outcome?.code, "done", `${program.name}: ${outcome?.text}`);
    assert.match(outcome.text, ending, program.name);
    assert.equal(outcome.text, shownNatively(program), `${program.name} outside of the sandbox`);
  }
});
