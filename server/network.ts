/** `bun run network --nodes 3`: several nodes of one network on this machine, on consecutive ports. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

import { explainFault } from "@kith/node/explain";
import { parseNetworkArguments, type NetworkArguments } from "@kith/node/network-arguments";
import { prepareFolders } from "@kith/node/network-folders";

function startNode(name: string, words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) process.stdout.write(`${name}  ${line}\n`);
    });
    stream?.on("end", () => {
      if (rest !== "") process.stdout.write(`${name}  ${rest}\n`);
    });
  }
  return child;
}

async function runNetwork(parsed: NetworkArguments): Promise<void> {
  const prepared = await prepareFolders(parsed, (text) => process.stdout.write(`${text}\n`));
  if (!prepared.ok) return stopBefore(prepared.error);
  const folders = prepared.value;
  let isStopping = false;
  const children = folders.map((_, index) => {
    const name = `node-${index + 1}`;
    const words = wordsOf(parsed, folders, index);
    const child = startNode(name, words);
    child.on("exit", (code, signal) => {
      process.stdout.write(`${name}  stopped (${signal ?? `exit status ${code}`})\n`);
      if (isStopping) return;
      process.exitCode = 1;
      process.stdout.write(`${name}  start it again with: bun run node ${words.join(" ")}\n`);
    });
    return child;
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      isStopping = true;
      process.exitCode = 0;
      for (const child of children) child.kill(signal);
    });
  }
}

/** What starts one node of the network; it knows all others by their ports. */
function wordsOf(
  { port, rootHost }: NetworkArguments,
  folders: readonly string[],
  index: number,
): string[] {
  const urls = folders.map((_, at) => `ws://127.0.0.1:${port + at}/p2p`);
  const [self = ""] = urls.splice(index, 1);
  const words = ["--data", folders[index] ?? "", "--port", `${port + index}`];
  words.push("--root-host", rootHost, "--public-url", self);
  if (urls.length > 0) words.push("--peers", urls.join(","));
  return words;
}

function stopBefore(reason: string): void {
  process.stderr.write(`kith stops: ${reason}\n`);
  process.exitCode = 1;
}

const parsed = parseNetworkArguments(process.argv.slice(2));
if (!parsed.ok) {
  const { text, exitStatus } = parsed.error;
  (exitStatus === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exitCode = exitStatus;
} else {
  try {
    await runNetwork(parsed.value);
  } catch (fault) {
    stopBefore(explainFault(fault));
  }
}
