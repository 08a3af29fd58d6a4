import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { genesisBlock } from "@kith/chain/genesis";
import type { GenesisInstallation } from "@kith/packaging/genesis-installation";
import type { Algorithm, Producer, SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { publicKeyOf } from "@kith/sdk/transaction";
import { writeWhole } from "@kith/store/write-whole";

import { dataFiles, openSecretKey, type Identity } from "./data-folder.ts";
import { fetchGenesis, joinMessage } from "./join.ts";
import type { NodeArguments } from "./node-arguments.ts";

/** The account that may change producers and settings, until the community decides otherwise. */
const owner = accountNameConstant("owner");
const home = accountNameConstant("home");

type NewNetwork = {
  readonly algorithm: Algorithm;
  readonly producers: readonly Producer[];
  readonly ownerSecret: Uint8Array;
  readonly chainName: string;
  /** Shorter names are given by the owner. */
  readonly freeNameCharsMin: number;
};

/** Block 1 of a new network, made now, with the system's own apps as they are in this tree. */
export async function makeGenesis(network: NewNetwork): Promise<SealedBlock> {
  const { algorithm, producers, ownerSecret, chainName, freeNameCharsMin } = network;
  const { services, accounts, actions } = await systemInstallation();
  return genesisBlock({
    chainName,
    time: Date.now() * 1000,
    owner: { account: owner, key: publicKeyOf(ownerSecret) },
    consensus: { algorithm, producers },
    services,
    accounts,
    openRegistration: true,
    freeNameCharsMin,
    home,
    actions,
  });
}

let installation: Promise<GenesisInstallation> | undefined;

/** The packages of the system, built once in a process. */
function systemInstallation(): Promise<GenesisInstallation> {
  installation ??= installSystem();
  return installation;
}

async function installSystem(): Promise<GenesisInstallation> {
  // Who has a network already, or joins one, packages nothing, and starts without what that needs.
  const { buildSystemPackages } = await import("@kith/packaging/system-packages");
  const { genesisInstallation } = await import("@kith/packaging/genesis-installation");
  const packages = await buildSystemPackages();
  if (!packages.ok) {
    const { app, error } = packages.error;
    throw new Error(`the app ${app} cannot be packaged: ${JSON.stringify(error)}`);
  }
  const made = await genesisInstallation(packages.value, owner);
  if (made.ok) return made.value;
  throw new Error(`the system cannot be installed: ${JSON.stringify(made.error)}`);
}

/** The network of this folder: the one it is in, the one it joins, or a new one with this node alone. */
export async function findGenesis(
  folder: string,
  identity: Identity,
  options: NodeArguments,
): Promise<Result<SealedBlock, string>> {
  const path = join(folder, dataFiles.genesis);
  if (existsSync(path)) {
    const block = decodeBlock(new Uint8Array(readFileSync(path)));
    if (!block.ok) {
      return err(`${path} is damaged (${block.error.code}); copy it from another node`);
    }
    if (options.chainId === undefined || block.value.id === options.chainId) return block;
    return err(
      `${folder} belongs to network ${block.value.id}, not to ${options.chainId}; name another --data or --chain`,
    );
  }
  if (options.join !== undefined) {
    const fetched = await fetchGenesis(options.join, options.chainId);
    if (!fetched.ok) return err(joinMessage(fetched.error));
    writeWhole(path, fetched.value.bytes);
    return fetched;
  }
  if (options.chainId !== undefined) {
    return err(`there is no network in ${folder} yet; to enter ${options.chainId}, add --join URL`);
  }
  const ownerSecret = openSecretKey(join(folder, dataFiles.ownerKey));
  if (!ownerSecret.ok) return ownerSecret;
  const producers = [{ account: accountNameConstant("node-1"), node: identity.nodeId }];
  const block = await makeGenesis({
    // Whoever decides alone lies to nobody; the owner may change it with the producers.
    algorithm: "cft",
    producers,
    ownerSecret: ownerSecret.value,
    chainName: options.rootHost,
    freeNameCharsMin: options.freeNameCharsMin,
  });
  writeWhole(path, block.bytes);
  return ok(block);
}
