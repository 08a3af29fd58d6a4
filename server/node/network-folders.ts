import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Algorithm, Producer } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { writeWhole } from "@kith/store/write-whole";

import { dataFiles, openIdentity, openSecretKey } from "./data-folder.ts";
import { makeGenesis } from "./genesis.ts";
import { explainTolerance, type NetworkArguments } from "./network-arguments.ts";

type NetworkFolders = Omit<NetworkArguments, "port">;

/** Makes the network once: every folder gets its own key and the same genesis block. The error is for people. */
export async function prepareFolders(
  options: NetworkFolders,
  say: (text: string) => void,
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
  say(`a new network, ${explainTolerance(algorithm, nodes)}`);
  const genesis = await makeGenesis({
    algorithm,
    producers,
    ownerSecret: ownerSecret.value,
    chainName: rootHost,
    freeNameCharsMin: options.freeNameCharsMin,
  });
  for (const each of folders) writeWhole(join(each, dataFiles.genesis), genesis.bytes);
  return ok(folders);
}

/** How a network that is there agrees was said when it was made, and may have been changed on it since. */
function checkAlgorithm(
  { algorithm, folder }: NetworkFolders,
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
