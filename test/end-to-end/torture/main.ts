/** `bun run torture --minutes M`: a network of real processes under faults that are drawn from a seed. */
import { diceFor } from "../../simulator/dice.ts";
import { Torture, type Round } from "./run-torture.ts";
import { parseTortureArguments, type TortureArguments } from "./torture-arguments.ts";
import { Totals } from "./totals.ts";

/** Faults go on for so long before everything is healed and checked. */
const roundMs = 60_000;
/** As few as a node may keep. */
const keptBlocks = 256;
/** Of each node's output that a failure prints. */
const lastWordsChars = 4_000;

const parsed = parseTortureArguments(process.argv.slice(2));
if (!parsed.ok) {
  const { text, exitStatus } = parsed.error;
  (exitStatus === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(exitStatus);
}
process.exitCode = await run(parsed.value);

async function run(options: TortureArguments): Promise<number> {
  const seed = options.seed ?? 1 + Math.floor(Math.random() * 999_999_999);
  const command = `bun run torture --seed ${seed} ${wordsOf(options)}`;
  console.log(command);
  const startedMs = performance.now();
  const trace = (line: string): void => {
    if (options.trace) console.log(`${secondsSince(startedMs)} s  ${line}`);
  };
  const dice = diceFor(seed, "logs");
  const keepBlocks = Array.from({ length: options.nodes }, () =>
    dice.chance(0.5) ? keptBlocks : undefined,
  );
  const { nodes, algorithm, mutant } = options;
  let torture: Torture;
  try {
    torture = await Torture.start({ nodes, algorithm, keepBlocks, seed, trace, mutant });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void torture.close().finally(() => process.exit(130)));
  }
  const totals = new Totals();
  const endMs = performance.now() + options.minutes * 60_000;
  try {
    while (performance.now() < endMs && !totals.hasFailed) {
      const lastsMs = Math.min(roundMs, endMs - performance.now());
      const round = await torture.round(async ({ nemesis }) => {
        nemesis.start();
        await new Promise((done) => setTimeout(done, lastsMs));
        await nemesis.stop();
      });
      totals.add(round);
      console.log(`${secondsSince(startedMs)} s  ${lineOf(round)}`);
      if (round.wrong.length > 0) tell(torture, round, command);
    }
  } finally {
    await torture.close();
  }
  console.log(totals.text());
  return totals.hasFailed ? 1 : 0;
}

function wordsOf({ minutes, nodes, algorithm, mutant }: TortureArguments): string {
  const words = [`--nodes ${nodes} --minutes ${minutes}`];
  if (algorithm !== undefined) words.push(`--algorithm ${algorithm}`);
  if (mutant !== undefined) words.push(`--mutant ${mutant}`);
  return words.join(" ");
}

function lineOf(round: Round): string {
  const { faults, acknowledgedWrites, linearizableReads, recoveredMs, wrong } = round;
  const count = [...faults.values()].reduce((sum, each) => sum + each, 0);
  const done = `${count} faults, ${acknowledgedWrites} writes acknowledged, ${linearizableReads} reads`;
  const end = wrong.length === 0 ? "all is well" : `${wrong.length} things are wrong`;
  return `${done}, all nodes back after ${(recoveredMs / 1_000).toFixed(1)} s: ${end}`;
}

function tell(torture: Torture, { wrong }: Round, command: string): void {
  for (const each of wrong) console.error(each);
  for (const { name, cluster } of torture.network.nodes) {
    console.error(`\n${name} said last:\n${cluster.output.slice(-lastWordsChars)}`);
  }
  console.error(`\nThe same faults at about the same times: ${command} --trace`);
}

function secondsSince(startedMs: number): string {
  return ((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7);
}
