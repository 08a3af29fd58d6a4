import { mutantNamed } from "./mutants.ts";
/** Runs before a scenario (`bun test --preload`), which knows nothing of it: takes a rule out of the product that it tests. */
import { mutate } from "./mutate.ts";
import { mutantVariable } from "./run-scenario.ts";

mutate(mutantNamed(process.env[mutantVariable] ?? ""));
