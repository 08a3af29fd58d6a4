import type { BlockResult } from "@kith/chain/apply-block";
import { openChain, type Chain } from "@kith/chain/chain";
import { genesisBlock } from "@kith/chain/genesis";
import {
  genesisInstallation,
  type GenesisInstallation,
} from "@kith/packaging/genesis-installation";
import { packageApp } from "@kith/packaging/package-app";
import { buildSystemPackages } from "@kith/packaging/system-packages";
import type { Consensus } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { blockNumOf, nodeIdOf, termOf, type AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { ServiceModule } from "@kith/protocol/service-abi";
import type { Action } from "@kith/protocol/transaction";
import {
  packSigned,
  prepareTransaction,
  transactionCodec,
  type PreparedTransaction,
} from "@kith/protocol/transactions";
import { openMachine, type Machine } from "@kith/sandbox/machine";
import { buildTransaction, publicKeyOf } from "@kith/sdk/transaction";
import { openState, type OpenedState } from "@kith/store/state";

const owner = accountNameConstant("owner");
export const chainKey: Uint8Array = publicKeyOf(new Uint8Array(32).fill(3));
const consensus: Consensus = {
  algorithm: "cft",
  producers: [{ account: owner, node: nodeIdOf("11".repeat(32)) }],
};
const startSeconds = 1_790_000_000;
/** Proofs are somebody else's business here. */
const proof = new Uint8Array(64);

/**
 * A network's chain over real files, with the system's packages and `apps/tokens`. Blocks are executed as every node
 * executes them; what is around that (consensus, links, checks of signatures) is left out.
 */
export class TokenChain {
  readonly #chain: Chain;
  readonly #state: OpenedState;
  readonly #machine: SwitchedMachine;
  #seconds = startSeconds;

  private constructor(state: OpenedState, machine: SwitchedMachine) {
    this.#state = state;
    this.#machine = machine;
    this.#chain = openChain({ state, machine });
  }

  static async open(folder: string): Promise<TokenChain> {
    const state = openState({ folder, onBroken });
    if (!state.ok) throw new Error(state.error.code);
    const { services, accounts, actions } = await installation();
    const opened = new TokenChain(state.value, new SwitchedMachine(openMachine()));
    const genesis = genesisBlock({
      chainName: "bench",
      time: startSeconds * 1_000_000,
      owner: { account: owner, key: chainKey },
      consensus,
      services,
      accounts,
      openRegistration: true,
      home: accountNameConstant("home"),
      actions,
    });
    opened.#chain.applyBlock(
      genesis,
      genesis.transactions.map((bytes) => prepared(bytes)),
      genesis.transactions.map(() => true),
    );
    return opened;
  }

  /** For filling: `modules` stand in for what is installed on their accounts, unmetered and outside of the sandbox. */
  standIn(modules: readonly ServiceModule[]): void {
    this.#machine.modules = new Map(modules.map((module) => [module.definition.name, module]));
  }

  /** Executes one block, so many seconds after the one before it. Throws when a transaction fails. */
  block(transactions: readonly PreparedTransaction[], seconds = 1): BlockResult {
    const before = this.#chain.applied();
    if (before === undefined) throw new Error("no genesis");
    this.#seconds += seconds;
    const draft = {
      previous: before.id,
      blockNum: blockNumOf(before.num + 1),
      time: this.#seconds * 1_000_000,
      producer: owner,
      term: termOf(1),
      commitNum: before.num,
      consensusState: consensusStateOf({ current: consensus }),
      executedNum: before.num,
      stateRoot: before.stateRoot,
      eventRoot: before.eventRoot,
    };
    const block = sealBlock(
      draft,
      transactions.map(({ bytes }) => bytes),
    );
    const verdicts = transactions.map(() => true);
    const result = this.#chain.applyBlock(block, transactions, verdicts);
    const failure = result.receipts.find((receipt) => receipt.failure !== undefined)?.failure;
    if (failure !== undefined) throw new Error(`${failure.code}: ${failure.message}`);
    return result;
  }

  transaction(actions: readonly Action[]): PreparedTransaction {
    const reference = this.#chain.taposReference();
    if (reference === undefined) throw new Error("no reference");
    const { refBlockIndex } = reference;
    const expiration = this.#seconds + 3000;
    const draft = buildTransaction({ actions, expiration, refBlockIndex, keys: [chainKey] });
    return prepared(packSigned({ transaction: transactionCodec.pack(draft), proofs: [proof] }));
  }

  flush(): Promise<void> {
    return this.#state.flush();
  }

  close(): Promise<void> {
    return this.#state.close();
  }
}

function onBroken(broken: unknown): never {
  throw new Error(`the state is broken: ${JSON.stringify(broken)}`);
}

class SwitchedMachine implements Machine {
  modules: ReadonlyMap<AccountName, ServiceModule> = new Map();
  readonly #sandbox: Machine;

  constructor(sandbox: Machine) {
    this.#sandbox = sandbox;
  }

  load(code: Parameters<Machine["load"]>[0]): ServiceModule | undefined {
    return this.modules.get(code.service) ?? this.#sandbox.load(code);
  }

  describe(...asked: Parameters<Machine["describe"]>): ReturnType<Machine["describe"]> {
    return this.#sandbox.describe(...asked);
  }
}

async function installation(): Promise<GenesisInstallation> {
  const system = await buildSystemPackages();
  const tokens = await packageApp("apps/tokens");
  if (!system.ok || !tokens.ok) throw new Error("an app cannot be packaged");
  const made = await genesisInstallation([...system.value, tokens.value], owner);
  if (!made.ok) throw new Error(`the system cannot be installed: ${made.error.code}`);
  return made.value;
}

function prepared(bytes: Uint8Array): PreparedTransaction {
  const result = prepareTransaction(bytes);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
