import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusCodec, consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { noConsensus } from "@kith/protocol/consensus-point";
import { bootstrapCodec, type GenesisService } from "@kith/protocol/entry-points";
import { bool, bytes, object, str, u8, type Codec } from "@kith/protocol/fracpack";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, termOf, type AccountName } from "@kith/protocol/ids";
import { accountCodec, methodNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { packSigned, transactionCodec } from "@kith/protocol/transactions";

import { genesisTransactionActionsMax, genesisTransactionBytes } from "./limits.ts";
import { chainAccount } from "./own-rows.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";

export type GenesisConfig = {
  readonly chainName: string;
  /** Microseconds since the Unix epoch: the time of block 1. */
  readonly time: number;
  readonly owner: { readonly account: AccountName; /** SPKI. */ readonly key: Uint8Array };
  /** Accounts of producers that are not the owner's are made with the owner's key. */
  readonly consensus: Consensus;
  readonly services: readonly GenesisService[];
  /** Further accounts of the system, which have files or plugins and no service. */
  readonly accounts?: readonly AccountName[];
  readonly openRegistration: boolean;
  /** Shorter names are given by the owner only; 1 when left out. */
  readonly freeNameCharsMin?: number;
  /** For development: accounts may choose `auth-any`, for which everybody may act. Never possible later. */
  readonly anybodyMayAct?: boolean;
  /** Whose site the root host shows. */
  readonly home: AccountName;
  /** Run at the end, such as the home site's files; in the name of whatever sender they say. */
  readonly actions: readonly Action[];
};

/**
 * Block 1: the same bytes for the same configuration. Its transactions run without authorization, because there is
 * nobody yet who could give it. Its id is the id of the network.
 */
export function genesisBlock(config: GenesisConfig): SealedBlock {
  const actions = [...bootstrapActions(config), ...accountActions(config), ...config.actions];
  const transactions = inTransactions(actions).map(packGenesisTransaction);
  return sealBlock(
    {
      previous: blockIdOf(zeroChecksum),
      blockNum: blockNumOf(1),
      time: config.time,
      producer: config.owner.account,
      term: termOf(0),
      commitNum: blockNumOf(0),
      consensusState: consensusStateOf(noConsensus.joint),
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
      newConsensus: config.consensus,
    },
    transactions,
  );
}

/** One for each service, so that none is larger than a transaction. */
function bootstrapActions({ chainName, services }: GenesisConfig): readonly Action[] {
  return services.map((service) => ({
    sender: chainAccount,
    service: chainAccount,
    method: systemMethods.bootstrap,
    rawData: bootstrapCodec.pack({ chainName, services: [service] }),
  }));
}

const createSystemCodec = object({ name: accountCodec, authService: accountCodec });
const createCodec = object({ name: accountCodec, key: bytes });
const openCodec = object({ open: bool });
const charsCodec = object({ chars: u8 });
const settingsCodec = object({
  settings: object({ chainName: str, owner: accountCodec, home: accountCodec }),
});
const setConsensusCodec = object({ consensus: consensusCodec });

function accountActions(config: GenesisConfig): readonly Action[] {
  const { accounts, authAny, producers, transact, verifySig, webAuthn } = systemAccounts;
  const { owner, chainName, home, freeNameCharsMin: chars = 1 } = config;
  const codeless = config.accounts ?? [];
  const system = [
    ...config.services.map(({ account }) => account),
    ...codeless,
    verifySig,
    webAuthn,
  ];
  const people = new Set([
    owner.account,
    ...config.consensus.producers.map(({ account }) => account),
    home,
  ]);
  for (const account of system) people.delete(account);
  return [
    ...system.map((name) =>
      // Nobody can act for a system account: `accounts` has no `checkAuth`.
      action(accounts, "createSystem", createSystemCodec, { name, authService: accounts }),
    ),
    ...[...people].map((name) => action(accounts, "create", createCodec, { name, key: owner.key })),
    action(accounts, "setOpenRegistration", openCodec, { open: config.openRegistration }),
    action(accounts, "setFreeNameChars", charsCodec, { chars }),
    ...(config.anybodyMayAct === true ? [action(authAny, "allow", object({}), {})] : []),
    action(transact, "setNetwork", settingsCodec, {
      settings: { chainName, owner: owner.account, home },
    }),
    action(producers, "setConsensus", setConsensusCodec, { consensus: config.consensus }),
  ];
}

function action<T>(service: AccountName, method: string, codec: Codec<T>, args: T): Action {
  return {
    sender: systemAccounts.transact,
    service,
    method: methodNameConstant(method),
    rawData: codec.pack(args),
  };
}

/** As many actions in each transaction as its limits allow, in order. */
function inTransactions(actions: readonly Action[]): readonly (readonly Action[])[] {
  const groups: Action[][] = [];
  let group: Action[] = [];
  let sizeBytes = 0;
  for (const next of actions) {
    const full = sizeBytes + next.rawData.length > genesisTransactionBytes;
    if (group.length > 0 && (full || group.length === genesisTransactionActionsMax)) {
      groups.push(group);
      group = [];
      sizeBytes = 0;
    }
    group.push(next);
    sizeBytes += next.rawData.length;
  }
  return [...groups, group];
}

function packGenesisTransaction(actions: readonly Action[]): Uint8Array {
  const tapos = { expiration: 0, flags: 0, refBlockIndex: 0 };
  return packSigned({
    transaction: transactionCodec.pack({ tapos, actions, claims: [] }),
    proofs: [],
  });
}
