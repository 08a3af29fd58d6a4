import { spawn } from "node:child_process";
import { getPriority, setPriority } from "node:os";

import { FrameReader, FrameTooLong } from "./frames.ts";
import type { StartChild } from "./query-child.ts";

export type SpawnOptions = {
  /** The file that calls `runQueryProcess`. */
  readonly script: string;
  readonly words: readonly string[];
};

/** Blocks come first: on a machine that is busy a query process gets what is left. */
const niceness = 5;
const nicenessMax = 19;

/** Query processes with this program's own runtime. What they write to their errors goes to the node's. */
export function spawnQueryChild({ script, words }: SpawnOptions): StartChild {
  const runtime = process.versions["bun"] === undefined ? denoWords : [];
  return ({ onMessage, onEnd }) => {
    const child = spawn(process.execPath, [...runtime, script, ...words], {
      // The last one only tells that the node lives (`pipes.ts`).
      stdio: ["pipe", "pipe", "inherit", "pipe"],
    });
    // Without pipes it was not started; `onEnd` follows.
    const { stdin, stdout } = child;
    const reader = new FrameReader();
    const kill = (): void => {
      child.kill("SIGKILL");
    };
    stdout?.on("data", (chunk: Uint8Array) => {
      try {
        for (const message of reader.push(chunk)) onMessage(message);
      } catch (error) {
        if (!(error instanceof FrameTooLong)) throw error;
        // A process that writes nonsense is of no use; its jobs are run again elsewhere.
        kill();
      }
    });
    // That the pipe broke is known from the end of the process.
    stdin?.on("error", () => undefined);
    child.once("error", onEnd);
    child.once("close", onEnd);
    lowerPriority(child.pid);
    return { pid: child.pid, send: (frames) => void stdin?.write(frames), kill };
  };
}

const denoWords = ["run", "--allow-all", "--no-check", "--quiet"];

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, Math.min(nicenessMax, getPriority() + niceness));
  } catch {
    // It ended already, or it may not: then it is as important as the node.
  }
}
