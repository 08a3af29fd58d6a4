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

function named(kind: string, programs: readonly HostileProgram[]): readonly HostileProgram[] {
  return programs.map((program) => ({ ...program, name: `${kind}: ${program.name}` }));
}
