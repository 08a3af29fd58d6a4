import { guestProgram } from "./guest-program.ts";
import type { HostileProgram } from "./hostile-program.ts";
import { allocations } from "./hostile/allocations.ts";
import { builtins } from "./hostile/builtins.ts";
import { endless } from "./hostile/endless.ts";
import { parser } from "./hostile/parser.ts";
import { patterns } from "./hostile/patterns.ts";
import { strangeGuests } from "./hostile/strange-guests.ts";
import type { Job } from "./job.ts";

/** All programs that mean harm; names are unique. */
export const hostilePrograms: readonly HostileProgram[] = [
  ...named("endless", endless),
  ...named("builtin", builtins),
  ...named("pattern", patterns),
  ...named("allocation", allocations),
  ...named("parser", parser),
  ...named("guest", strangeGuests),
];

/** A program that calls itself as another service calls it again, and so on. */
export function hostileJob({ name, text }: HostileProgram, fuel: number): Job {
  const source = guestProgram(text);
  return { name, source, fuel, others: { program: source } };
}

/** Sources that mean harm while they are started: some of these programs as they are, and what is nested too deep. */
export function hostileSources(): readonly Job[] {
  const programs = hostilePrograms.filter(
    ({ name }, place) => place % startedStep === 0 && !name.startsWith("guest"),
  );
  const bodies = programs.map(({ name, text }) => ({
    name: `started ${name}`,
    source: `(() => { const show = () => {};\n${text}\n})();`,
  }));
  const nested = [
    "(",
    "[",
    "{",
    "`${",
    "-(",
    "()=>",
    "function f(){",
    "class A{m(){",
    "/(",
    "if(1)",
  ].map((open) => ({ name: `nested ${open}`, source: open.repeat(sourceNesting) }));
  const strange = [
    {
      name: "a definition without end",
      source: "globalThis.kithGuest = { get definition() { for (;;); } };",
    },
    {
      name: "a definition that is a proxy",
      source: "globalThis.kithGuest = new Proxy({}, { get: (t, k) => kithGuest[k] });",
    },
    {
      name: "a definition of a megabyte",
      source: "globalThis.kithGuest = { definition: '['.repeat(1e6) };",
    },
    {
      name: "jobs that are left behind",
      source: "const f = () => Promise.resolve().then(f); f();",
    },
    {
      name: "a getter on the global object",
      source: "Object.defineProperty(globalThis, 'kithGuest', { get() { throw 1; } });",
    },
  ];
  return [...bodies, ...nested, ...strange].map((job) => ({ ...job, fuel: 1 }));
}

const startedStep = 24;
const sourceNesting = 50_000;

function named(kind: string, programs: readonly HostileProgram[]): readonly HostileProgram[] {
  return programs.map((program) => ({ ...program, name: `${kind}: ${program.name}` }));
}
