import { accounts } from "@kith/accounts/service";
import { authAny } from "@kith/auth-any/service";
import { authDelegate } from "@kith/auth-delg/service";
import { authGroup } from "@kith/auth-group/service";
import { authKeys } from "@kith/auth-keys/service";
import { authSig } from "@kith/auth-sig/service";
import type { BlockResult } from "@kith/chain/apply-block";
import { openChain, type Chain } from "@kith/chain/chain";
import type { TransactionError } from "@kith/chain/errors";
import { genesisBlock } from "@kith/chain/genesis";
import type { Applied, StateStore } from "@kith/chain/ports";
import { invite } from "@kith/invite/service";
import type { GenesisInstallation } from "@kith/packaging/genesis-installation";
import { producers } from "@kith/producers/service";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock, type HeaderDraft } from "@kith/protocol/blocks";
import { ed25519PublicKey, verifyEd25519 } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import { blockNumOf, nodeIdOf, termOf, type AccountName } from "@kith/protocol/ids";
import { parsePublicKey } from "@kith/protocol/keys";
import { accountNameConstant } from "@kith/protocol/names";
import { verifyP256 } from "@kith/protocol/p256";
import type { Receipt } from "@kith/protocol/receipt";
import type { Result } from "@kith/protocol/result";
import type { ServiceModule } from "@kith/protocol/service-abi";
import type { Action } from "@kith/protocol/transaction";
import { prepareTransaction, type PreparedTransaction } from "@kith/protocol/transactions";
import { quotas } from "@kith/quotas/service";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine } from "@kith/sandbox/machine";
import {
  buildTransaction,
  publicKeyOf,
  signTransaction,
  signTransactionWith,
} from "@kith/sdk/transaction";
import { setcode } from "@kith/setcode/service";
import { sites } from "@kith/sites/service";
import { stagedTx } from "@kith/staged-tx/service";
import { memoryState } from "@kith/store/memory-state";
import { transact } from "@kith/transact/service";

import type { Prover } from "../provers.ts";
import { bundleSystem } from "./sandboxed-system.ts";

/** A network of one, without consensus: blocks go straight into the chain. */
export class TestNetwork {
  readonly chain: Chain;
  readonly state: StateStore;
  readonly genesis: SealedBlock;
  /** Seconds since the Unix epoch. */
  time = startSeconds;

  constructor(options: NetworkOptions = {}) {
    const { installation } = options;
    const programs = installation === undefined ? systemPrograms : [];
    const program = inProcessMachine([...programs, ...(options.services ?? [])]);
    const services = installation?.services ?? sandboxedSystem;
    this.state = options.state ?? memoryState();
    this.chain = openChain({ state: this.state, machine: openMachine(program) });
    this.genesis = genesisBlock({
      chainName: "test",
      time: startSeconds * 1_000_000,
      owner: { account: owner, key: publicKeyOf(ownerKey) },
      consensus: consensusOf(owner),
      services: [...services, ...program.installed()],
      accounts: installation?.accounts ?? [],
      openRegistration: options.openRegistration ?? true,
      freeNameCharsMin: options.freeNameCharsMin ?? 1,
      anybodyMayAct: options.anybodyMayAct ?? false,
      home: accountNameConstant(installation === undefined ? "homepage" : "home"),
      actions: [...(installation?.actions ?? []), ...(options.actions ?? [])],
    });
    this.apply(this.genesis);
  }

  /** Signs with `key` and prepares; the reference is the long-lived one. */
  transaction(
    actions: readonly Action[],
    key: Uint8Array,
    expiration = this.time + 60,
  ): PreparedTransaction {
    const reference = this.chain.taposReference();
    if (reference === undefined) throw new Error("no reference");
    const { refBlockIndex, refBlockId } = reference;
    const draft = { actions, expiration, refBlockIndex, keys: [publicKeyOf(key)] };
    return prepared(signTransaction(buildTransaction(draft), refBlockId, key).bytes);
  }

  /** Proves each claim in its order and prepares. */
  provedBy(
    actions: readonly Action[],
    provers: readonly Prover[],
    expiration = this.time + 60,
  ): PreparedTransaction {
    const reference = this.chain.taposReference();
    if (reference === undefined) throw new Error("no reference");
    const { refBlockIndex, refBlockId } = reference;
    const claims = provers.map(({ claim }) => claim);
    const draft = { actions, expiration, refBlockIndex, keys: [], claims };
    const signers = provers.map(({ prove }) => prove);
    return prepared(signTransactionWith(buildTransaction(draft), refBlockId, signers).bytes);
  }

  /** One block with these transactions; proofs are really checked. */
  block(transactions: readonly PreparedTransaction[], newConsensus?: Consensus): BlockResult {
    const before = this.chain.applied();
    if (before === undefined) throw new Error("no genesis");
    this.time++;
    const draft = { ...this.draft(before), time: this.time * 1_000_000 };
    const block = sealBlock(
      newConsensus === undefined ? draft : { ...draft, newConsensus },
      transactions.map((transaction) => transaction.bytes),
    );
    return this.apply(block);
  }

  /** The header of a block on top of `before`, a second later. */
  draft(before: Applied): HeaderDraft {
    return {
      previous: before.id,
      blockNum: blockNumOf(before.num + 1),
      time: (this.time + 1) * 1_000_000,
      producer: owner,
      term: termOf(1),
      commitNum: before.num,
      consensusState: consensusStateOf({ current: consensusOf(owner) }),
      executedNum: before.num,
      stateRoot: before.stateRoot,
      eventRoot: before.eventRoot,
    };
  }

  /** Runs one transaction in a block of its own. */
  run(actions: readonly Action[], key: Uint8Array = ownerKey): Receipt {
    return this.only(this.transaction(actions, key));
  }

  /** The same with whatever proofs. */
  runProvedBy(actions: readonly Action[], provers: readonly Prover[]): Receipt {
    return this.only(this.provedBy(actions, provers));
  }

  /** What a node says to a transaction whose native proofs hold, before it is in any block. */
  admit(transaction: PreparedTransaction): Result<undefined, TransactionError> {
    const admitted = this.chain.checkAdmission(transaction);
    return admitted.ok ? this.chain.checkCustomProofs(transaction) : admitted;
  }

  private only(transaction: PreparedTransaction): Receipt {
    const [receipt] = this.block([transaction]).receipts;
    if (receipt === undefined) throw new Error("no receipt");
    return receipt;
  }

  apply(block: SealedBlock): BlockResult {
    const transactions = block.transactions.map((bytes) => {
      const result = prepareTransaction(bytes);
      return result.ok ? result.value : undefined;
    });
    const verdicts = transactions.map(
      (transaction) => transaction !== undefined && this.proves(transaction, block.header.blockNum),
    );
    return this.chain.applyBlock(block, transactions, verdicts);
  }

  private proves(transaction: PreparedTransaction, including: number): boolean {
    const checks = this.chain.signatureChecks(transaction, blockNumOf(including));
    if (!checks.ok) return false;
    return checks.value.checks.every(({ message, publicKey, signature }) => {
      const key = parsePublicKey(publicKey);
      if (!key.ok) return false;
      const { kind, raw } = key.value;
      return kind === "ed25519"
        ? verifyEd25519(message, raw, signature)
        : verifyP256(message, raw, signature);
    });
  }
}

export type NetworkOptions = {
  /** The packages of a real network, in place of the services that tests run outside of the sandbox. */
  readonly installation?: GenesisInstallation;
  readonly anybodyMayAct?: boolean;
  readonly state?: StateStore;
  readonly services?: readonly ServiceModule[];
  readonly openRegistration?: boolean;
  readonly freeNameCharsMin?: number;
  readonly actions?: readonly Action[];
};

export const startSeconds = 1_790_000_000;
export const owner: AccountName = accountNameConstant("owner");
export const ownerKey: Uint8Array = keyOf(1);
export const systemModules: readonly ServiceModule[] = [
  transact,
  accounts,
  authSig,
  authKeys,
  authDelegate,
  authGroup,
  authAny,
  stagedTx,
  producers,
  quotas,
  invite,
  setcode,
  sites,
];

/** `KITH_SYSTEM=sandbox` runs the same tests with the services of a real network: in the sandbox. */
const inSandbox = process.env["KITH_SYSTEM"] === "sandbox";
const sandboxedSystem = inSandbox ? await bundleSystem(systemModules) : [];
const systemPrograms = inSandbox ? [] : systemModules;

/** A secret key that tests can repeat. */
export function keyOf(seed: number): Uint8Array {
  return new Uint8Array(32).fill(seed);
}

export function consensusOf(...names: readonly AccountName[]): Consensus {
  const producersOf = names.map((account, at) => ({
    account,
    node: nodeIdOf(toHex(ed25519PublicKey(keyOf(100 + at)))),
  }));
  return { algorithm: "cft", producers: producersOf };
}

export function prepared(bytes: Uint8Array): PreparedTransaction {
  const result = prepareTransaction(bytes);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
