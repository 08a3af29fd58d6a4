import { progress, isTTY } from "@clack/prompts";

/** Shows how far something is: a bar on a terminal, a line now and then elsewhere, nothing for programs. */
export type Progress = {
  advance(bytes: number, path: string): void;
  done(message: string): void;
  failed(): void;
};

type ProgressOptions = {
  readonly totalBytes: number;
  readonly title: string;
  readonly quiet: boolean;
};

export function openProgress(options: ProgressOptions): Progress {
  if (options.quiet) return { advance: nothing, done: nothing, failed: nothing };
  return isTTY(process.stderr) ? terminalProgress(options) : lineProgress(options);
}

function terminalProgress({ totalBytes, title }: ProgressOptions): Progress {
  const bar = progress({ max: Math.max(1, totalBytes), size: 30, output: process.stderr });
  bar.start(title);
  return {
    advance: (bytes, path) => bar.advance(bytes, path),
    done: (message) => bar.stop(message),
    failed: () => bar.error("Stopped"),
  };
}

const lineMs = 2000;

function lineProgress({ totalBytes, title }: ProgressOptions): Progress {
  let doneBytes = 0;
  let lastMs = performance.now();
  process.stderr.write(`${title}\n`);
  return {
    advance: (bytes, path) => {
      doneBytes += bytes;
      if (performance.now() - lastMs < lineMs) return;
      lastMs = performance.now();
      const percent = Math.floor((doneBytes / Math.max(1, totalBytes)) * 100);
      process.stderr.write(`${percent} %  ${path}\n`);
    },
    done: (message) => process.stderr.write(`${message}\n`),
    failed: nothing,
  };
}

function nothing(): void {
  // Programs that read JSON want nothing else.
}
