import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What runs `run-replay.ts` beside the runtime that ran the tests. */
export type SecondEngine = {
  readonly name: string;
  /** Its command line up to the recordings. */
  readonly command: readonly [string, ...string[]];
  /** It is the same runtime again, in a fresh process, because there is no other one. */
  readonly isSame: boolean;
  readonly close: () => void;
};

const root = resolve(import.meta.dirname, "../../..");
const script = join(import.meta.dirname, "run-replay.ts");
const nodeMajorMin = 22;

/** Deno that came with this checkout or is installed, else Node from version 22, else this runtime. */
export function findSecondEngine(): SecondEngine {
  return deno() ?? node() ?? itself();
}

function deno(): SecondEngine | undefined {
  const own = join(root, "node_modules/.bin/deno");
  const found = [own, "deno"].find((each) => each === "deno" || existsSync(each));
  if (found === undefined || process.versions["deno"] !== undefined) return undefined;
  const version = versionOf(found);
  if (version === undefined) return undefined;
  const config = join(root, "deno.json");
  const words = ["run", "--allow-all", "--no-check", "--quiet", "--config", config, script];
  return { name: version, command: [found, ...words], isSame: false, close: () => undefined };
}

/** Node gets one file of JavaScript, with the engine's package in reach. */
function node(): SecondEngine | undefined {
  const version = versionOf("node");
  const major = Number(/^v(\d+)/.exec(version ?? "")?.[1] ?? 0);
  if (version === undefined || major < nodeMajorMin) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "kith-replay-"));
  const bundle = join(folder, "run-replay.mjs");
  const words = ["build", "--target=node", script, `--outfile=${bundle}`];
  const built = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the replay cannot be bundled: ${built.stderr}`);
  symlinkSync(join(root, "server/sandbox/node_modules"), join(folder, "node_modules"));
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  return { name: `Node ${version}`, command: ["node", bundle], isSame: false, close };
}

function itself(): SecondEngine {
  const command = [process.execPath, script] as const;
  return { name: "this runtime", command, isSame: true, close: () => undefined };
}

function versionOf(program: string): string | undefined {
  const asked = spawnSync(program, ["--version"], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.split("\n", 1)[0]?.trim() : undefined;
}
