import { spawn } from "node:child_process";
import { getPriority, setPriority } from "node:os";
import { createInterface } from "node:readline";

import type { Ends, FromProcess, ProcessTask } from "./process-messages.ts";

type StartOptions = {
  /** The file that calls `runSnapshotProcess`. */
  readonly script: string;
  readonly task: ProcessTask;
  readonly folder: string;
  readonly onMessage: (message: FromProcess) => void;
  /** It ended; what it said was told before. */
  readonly onEnd: () => void;
};

export type SnapshotProcess = {
  readonly pid: number;
  send(ends: Ends): void;
  kill(): void;
};

/** Blocks come first: on a machine that is busy it gets what is left. */
const niceness = 10;
const nicenessMax = 19;

/**
 * Reading or writing a whole state takes seconds, which a node does not have at a stretch: it is done by a process of its own, which
 * ends with the node (its input does then).
 */
export function startSnapshotProcess(options: StartOptions): SnapshotProcess {
  const { script, task, folder, onMessage, onEnd } = options;
  const runtime = process.versions["bun"] === undefined ? denoWords : [];
  const child = spawn(process.execPath, [...runtime, script, task, folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => onMessage(JSON.parse(line)));
  child.stdin.on("error", () => undefined);
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    onEnd();
  };
  child.once("error", end);
  // Lines that are still on their way come first.
  child.once("close", () => setImmediate(end));
  if (child.pid !== undefined) lowerPriority(child.pid);
  return {
    pid: child.pid ?? 0,
    send: (ends) => void child.stdin.write(`${JSON.stringify(ends)}\n`),
    kill: () => void child.kill("SIGKILL"),
  };
}

const denoWords = ["run", "--allow-all", "--no-check", "--quiet"];

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, Math.min(nicenessMax, getPriority() + niceness));
  } catch {
    // It ended already, or it may not: then it is as important as the node.
  }
}
