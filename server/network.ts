/** `bun run network --nodes 3`: several nodes of one network on this machine, on consecutive ports. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { dataFiles, openIdentity, openSecretKey, writeWhole } from "@kith/node/data-folder";
import { explainFault } from "@kith/node/explain";
import { makeGenesis } from "@kith/node/genesis";
import {
  explainTolerance,
  parseNetworkArguments,
  type NetworkArguments,
} from "@kith/node/network-arguments";
import type { Algorithm, Producer } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";

/** Makes the network once: every folder gets its own key and the same genesis block. The error is for people. */
async function prepareFolders(
  options: NetworkArguments,
): Promise<Result<readonly string[], string>> {
  const { nodes, folder, rootHost } = options;
  const folders = Array.from({ length: nodes }, (_, index) => join(folder, `node-${index + 1}`));
  const made = folders.filter((each) => existsSync(join(each, dataFiles.genesis)));
  if (made.length === nodes) {
    const extra = join(folder, `node-${nodes + 1}`, dataFiles.genesis);
    if (!existsSync(extra)) return checkAlgorithm(options, folders);
    return err(
      `${folder} holds a network of more than ${nodes} nodes; name their number, or another --data`,
    );
  }
  if (made.length > 0) {
    return err(
      `${folder} holds a network of ${made.length} nodes; start it with --nodes ${made.length}, or name another --data`,
    );
  }
  const producers: Producer[] = [];
  for (const [index, each] of folders.entries()) {
    const identity = openIdentity(each);
    if (!identity.ok) return identity;
    const account = accountNameConstant(`node-${index + 1}`);
    producers.push({ account, node: identity.value.nodeId });
  }
  const ownerSecret = openSecretKey(join(folders[0] ?? folder, dataFiles.ownerKey));
  if (!ownerSecret.ok) return ownerSecret;
  const algorithm = options.algorithm ?? "cft";
  process.stdout.write(`a new network, ${explainTolerance(algorithm, nodes)}\n`);
  const genesis = await makeGenesis({
    algorithm,
    producers,
    ownerSecret: ownerSecret.value,
    chainName: rootHost,
  });
  for (const each of folders) writeWhole(join(each, dataFiles.genesis), genesis.bytes);
  return ok(folders);
}

/** How a network that is there agrees was said when it was made, and may have been changed on it since. */
function checkAlgorithm(
  { algorithm, folder }: NetworkArguments,
  folders: readonly string[],
): Result<readonly string[], string> {
  const made = madeWith(folders[0] ?? folder);
  if (algorithm === undefined || made === undefined || algorithm === made) return ok(folders);
  return err(
    `the network in ${folder} was made with ${made}; start it without --algorithm and change it ` +
      `with "bun run kith producers set --algorithm ${algorithm}", or name another --data`,
  );
}

/** Undefined where the genesis block cannot be read: the node says so itself. */
function madeWith(folder: string): Algorithm | undefined {
  const block = decodeBlock(new Uint8Array(readFileSync(join(folder, dataFiles.genesis))));
  return block.ok ? block.value.header.newConsensus?.algorithm : undefined;
}

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
  const prepared = await prepareFolders(parsed);
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
