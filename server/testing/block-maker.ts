import type { BlockResult } from "@kith/chain/apply-block";
import { openChain, type Chain } from "@kith/chain/chain";
import type { ServiceMachine, StateStore } from "@kith/chain/ports";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { ed25519PublicKey } from "@kith/protocol/ed25519";
import { sha256, toHex } from "@kith/protocol/hashes";
import { blockNumOf, nodeIdOf, termOf, type AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { buildTransaction, publicKeyOf, signTransaction } from "@kith/sdk/transaction";

import { checkTransactions } from "./verdicts.ts";

/** The account that the network belongs to. */
export const owner: AccountName = accountNameConstant("owner");
/** When every test network begins: the same run gives the same blocks. */
export const startSeconds = 1_790_000_000;
/** How long a transaction of a test may wait, which it never does. */
const patienceSeconds = 60;

/** The key of an account of a test. There is nothing secret about it. */
export function keyOf(account: AccountName): Uint8Array {
  return sha256(packText(`the key of ${account} in tests`));
}

export const consensus: Consensus = {
  algorithm: "cft",
  producers: [{ account: owner, node: nodeIdOf(toHex(ed25519PublicKey(keyOf(owner)))) }],
};

/** A chain of one, without consensus: transactions go straight into a block, and are checked and run as on a node. */
export class BlockMaker {
  readonly chain: Chain;
  /** Seconds since the Unix epoch, of the next block. */
  nextSeconds: number = startSeconds + 1;
  readonly #onBlock: (block: SealedBlock, result: BlockResult) => void;

  constructor(ports: {
    readonly state: StateStore;
    readonly machine: ServiceMachine;
    readonly onBlock: (block: SealedBlock, result: BlockResult) => void;
  }) {
    this.chain = openChain({ state: ports.state, machine: ports.machine });
    this.#onBlock = ports.onBlock;
  }

  apply(block: SealedBlock): BlockResult {
    const { transactions, verdicts } = checkTransactions(this.chain, block);
    const result = this.chain.applyBlock(block, transactions, verdicts);
    this.#onBlock(block, result);
    return result;
  }

  /** The next block, a second later, with these packed transactions. */
  block(transactions: readonly Uint8Array[]): BlockResult {
    const before = this.chain.applied();
    if (before === undefined) throw new Error("the network has not begun");
    const time = this.nextSeconds * 1_000_000;
    const block = sealBlock(
      {
        previous: before.id,
        blockNum: blockNumOf(before.num + 1),
        time,
        producer: owner,
        term: termOf(1),
        commitNum: before.num,
        consensusState: consensusStateOf({ current: consensus }),
        executedNum: before.num,
        stateRoot: before.stateRoot,
        eventRoot: before.eventRoot,
      },
      transactions,
    );
    this.nextSeconds++;
    return this.apply(block);
  }

  sign(actions: readonly Action[], key: Uint8Array): Uint8Array {
    const reference = this.chain.taposReference();
    if (reference === undefined) throw new Error("the network has not begun");
    const { refBlockIndex, refBlockId } = reference;
    const draft = {
      actions,
      expiration: this.nextSeconds + patienceSeconds,
      refBlockIndex,
      keys: [publicKeyOf(key)],
    };
    return signTransaction(buildTransaction(draft), refBlockId, key).bytes;
  }
}
