/** `bun run network --nodes 3`: several nodes of one CFT network on this machine, on consecutive ports. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { dataFiles, openIdentity, openSecretKey, writeWhole } from "@kith/node/data-folder";
import { makeGenesis } from "@kith/node/genesis";
import { parseAccountName } from "@kith/protocol/names";

const nodesMax = 13;

type NetworkArguments = {
  readonly nodes: number;
  readonly port: number;
  readonly folder: string;
  readonly rootHost: string;
};

function readArguments(argv: readonly string[]): NetworkArguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        nodes: { type: "string", default: "3" },
        port: { type: "string", default: "8080" },
        data: { type: "string", default: ".kith/network" },
        "root-host": { type: "string", default: "kith.localhost" },
      },
    });
    const nodes = Number(values.nodes);
    const port = Number(values.port);
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > nodesMax) {
      return `--nodes takes a whole number from 1 to ${nodesMax}`;
    }
    if (!Number.isInteger(port) || port < 1 || port + nodes - 1 > 65_535) {
      return "--port takes the first of as many free ports as there are nodes";
    }
    return { nodes, port, folder: values.data, rootHost: values["root-host"] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Makes the network once: every folder gets its own key and the same genesis block. */
function prepareFolders({ nodes, folder, rootHost }: NetworkArguments): readonly string[] | string {
  const folders = Array.from({ length: nodes }, (_, index) => join(folder, `node-${index + 1}`));
  const made = folders.filter((each) => existsSync(join(each, dataFiles.genesis)));
  if (made.length === nodes) {
    const extra = join(folder, `node-${nodes + 1}`, dataFiles.genesis);
    return existsSync(extra)
      ? `${folder} holds a network of more than ${nodes} nodes; name their number, or another --data`
      : folders;
  }
  if (made.length > 0) {
    return `${folder} holds a network of ${made.length} nodes; start it with --nodes ${made.length}, or name another --data`;
  }
  const producers = folders.map((each, index) => {
    const account = parseAccountName(`node-${index + 1}`);
    if (!account.ok) throw new Error(`node-${index + 1} is not an account name`);
    return { account: account.value, node: openIdentity(each).nodeId };
  });
  const ownerSecret = openSecretKey(join(folders[0] ?? folder, dataFiles.ownerKey));
  const genesis = makeGenesis({ producers, ownerSecret, chainName: rootHost });
  for (const each of folders) writeWhole(join(each, dataFiles.genesis), genesis.bytes);
  return folders;
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
  }
  return child;
}

function refuse(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 2;
}

function runNetwork(argv: readonly string[]): void {
  const parsed = readArguments(argv);
  if (typeof parsed === "string") return refuse(parsed);
  const folders = prepareFolders(parsed);
  if (typeof folders === "string") return refuse(folders);
  const urls = folders.map((_, index) => `ws://127.0.0.1:${parsed.port + index}/p2p`);
  const children = folders.map((folder, index) => {
    const port = parsed.port + index;
    const others = urls.filter((_, other) => other !== index);
    const words = ["--data", folder, "--port", `${port}`, "--root-host", parsed.rootHost];
    const peers = others.length > 0 ? ["--peers", others.join(",")] : [];
    const child = startNode(`node-${index + 1}`, [
      ...words,
      ...peers,
      "--public-url",
      urls[index] ?? "",
    ]);
    child.on("exit", (code, signal) => {
      process.stdout.write(`node-${index + 1}  stopped (${signal ?? `exit status ${code}`})\n`);
    });
    return child;
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      for (const child of children) child.kill(signal);
    });
  }
}

runNetwork(process.argv.slice(2));
