/** `bun run test`: every test of the repository, one runner process a group; the last line counts all of them. */
import { addCounts, formatCount, noTests } from "./junit-count.ts";
import { runGroup, type TestGroup } from "./run-group.ts";

/** A crash in one group cannot hide the results of another; the slowest stand last. */
const groups: readonly TestGroup[] = [
  { name: "packages", patterns: ["{server,apps,plugins}/**/*.test.ts"], timeoutMs: 30_000 },
  { name: "repository", patterns: ["test/*.test.ts", "bench/**/*.test.ts"], timeoutMs: 60_000 },
  {
    name: "chain, vectors, scenarios, fuzz",
    patterns: ["test/{chain,conformance,scenarios,fuzz}/**/*.test.ts"],
    timeoutMs: 120_000,
  },
  { name: "determinism", patterns: ["test/determinism/**/*.test.ts"], timeoutMs: 300_000 },
  { name: "simulator", patterns: ["test/simulator/**/*.test.ts"], timeoutMs: 300_000 },
  { name: "end to end", patterns: ["test/end-to-end/**/*.test.ts"], timeoutMs: 300_000 },
];

const count = groups.map(runGroup).reduce(addCounts, noTests);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
console.log(`\n${formatCount(count)}`);
