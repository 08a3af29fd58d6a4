/** `bun run test`: every test of the repository, one runner process a group; the last line counts all of them. */
import { installChromium } from "./install-chromium.ts";
import { addCounts, formatCount, noTests, type TestCount } from "./junit-count.ts";
import { runGroup, type TestGroup } from "./run-group.ts";

/** Says within what time others are answered while one process is kept busy: that takes both cores. */
const onTime = "test/chain/queries/query-process.test.ts";
const deadlines: TestGroup = { name: "deadlines", patterns: [onTime], timeoutMs: 120_000 };

const plugins = "test/{plugins,chain/plugins}/**/*.test.ts";

/** A crash in one group cannot hide the results of another. Each of these keeps one core busy, so two lanes take half as long. */
const lanes: readonly (readonly TestGroup[])[] = [
  [
    { name: "packages", patterns: ["{server,apps,plugins}/**/*.test.ts"], timeoutMs: 120_000 },
    { name: "repository", patterns: ["test/*.test.ts", "bench/**/*.test.ts"], timeoutMs: 60_000 },
  ],
  [
    {
      name: "chain, vectors, scenarios, fuzz",
      patterns: ["test/{chain,conformance,scenarios,fuzz}/**/*.test.ts"],
      except: `{${onTime},${plugins}}`,
      timeoutMs: 120_000,
    },
    { name: "plugins", patterns: [plugins], timeoutMs: 120_000 },
  ],
];

const inBrowser = "test/end-to-end/browser/**/*.test.ts";
/** Those that need no network. */
const pages = "test/end-to-end/browser/{harness,person,*gallery,prompts/*}.test.ts";

/** Whole networks want all cores, and people who wait for them notice when they do not get them. */
const networks: TestGroup = {
  name: "end to end",
  patterns: ["test/end-to-end/**/*.test.ts"],
  except: inBrowser,
  timeoutMs: 300_000,
};

/** Half of their time both wait for somebody to read, so they wait together. */
const browserLanes: readonly (readonly TestGroup[])[] = [
  [{ name: "browser: networks", patterns: [inBrowser], except: pages, timeoutMs: 300_000 }],
  [{ name: "browser: pages", patterns: [pages], timeoutMs: 300_000 }],
];

/** Processors and virtual time: these take what networks and browsers leave of two cores, about a third. */
const computed: readonly TestGroup[] = [
  { name: "simulator", patterns: ["test/simulator/**/*.test.ts"], timeoutMs: 300_000 },
  { name: "determinism", patterns: ["test/determinism/**/*.test.ts"], timeoutMs: 300_000 },
].map((group) => ({ ...group, isPatient: true }));

async function runInTurn(groups: readonly TestGroup[], lane: number): Promise<TestCount> {
  let count = noTests;
  for (const group of groups) count = addCounts(count, await runGroup(group, lane));
  return count;
}

async function runLanes(all: readonly (readonly TestGroup[])[]): Promise<TestCount> {
  const counts = await Promise.all(all.map((groups, lane) => runInTurn(groups, lane)));
  return counts.reduce(addCounts, noTests);
}

// Where it is missing it arrives while the lanes run.
const chromium = installChromium();
const ofLanes = await runLanes(lanes);
const chromiumFault = await chromium;
if (chromiumFault !== undefined) console.error(chromiumFault);
const ofDeadlines = await runGroup(deadlines, 0);
const ofComputed = runInTurn(computed, browserLanes.length);
const ofNetworks = await runGroup(networks, 0);
const ofBrowsers = await runLanes(browserLanes);
const all = [ofLanes, ofDeadlines, ofNetworks, ofBrowsers, await ofComputed];
const count = all.reduce(addCounts, noTests);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
console.log(`\n${formatCount(count)}`);
