import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { genesisBlock } from "@kith/chain/genesis";
import type { Producer, SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { publicKeyOf } from "@kith/sdk/transaction";

import { dataFiles, openSecretKey, writeWhole, type Identity } from "./data-folder.ts";
import { homeSiteActions } from "./home-site.ts";
import { fetchGenesis, joinMessage } from "./join.ts";
import type { NodeArguments } from "./node-arguments.ts";
import { systemMachine } from "./system-services.ts";

/** The account that may change producers and settings, until the community decides otherwise. */
const owner = accountNameConstant("owner");
const home = accountNameConstant("home");

type NewNetwork = {
  readonly producers: readonly Producer[];
  readonly ownerSecret: Uint8Array;
  readonly chainName: string;
};

/** Block 1 of a new network, made now. */
export function makeGenesis({ producers, ownerSecret, chainName }: NewNetwork): SealedBlock {
  return genesisBlock({
    chainName,
    time: Date.now() * 1000,
    owner: { account: owner, key: publicKeyOf(ownerSecret) },
    consensus: { algorithm: "cft", producers },
    services: systemMachine().installed(),
    openRegistration: true,
    home,
    actions: homeSiteActions(home),
  });
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
  const block = makeGenesis({
    producers,
    ownerSecret: ownerSecret.value,
    chainName: options.rootHost,
  });
  writeWhole(path, block.bytes);
  return ok(block);
}
