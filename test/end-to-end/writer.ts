import { randomBytes } from "node:crypto";

import { parseBlockId, type AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  buildTransaction,
  packAction,
  publicKeyOf,
  signTransaction,
  type Signed,
} from "@kith/sdk/transaction";
import { z } from "zod";

import { request, type NodeAddress } from "./http-client.ts";

const tapos = z.object({ refBlockIndex: z.number(), refBlockId: z.string() });

const receiptShape = z.object({
  transactionId: z.string(),
  final: z.literal(true),
  blockNum: z.number(),
  blockId: z.string(),
  index: z.number(),
});

/** What a node has promised: this transaction is in that block, for ever. */
export type Acknowledged = z.infer<typeof receiptShape> & { readonly account: AccountName };

/** Elections are over in a fraction of this. */
const hungMs = 15_000;
const expirationSeconds = 3_600;

/** A transaction that makes a new account with a key of its own. */
async function draftAccount(node: NodeAddress, account: AccountName): Promise<Signed> {
  const answer = await request(node, "", "/common/tapos/head");
  const { refBlockIndex, refBlockId } = tapos.parse(await answer.json());
  const blockId = parseBlockId(refBlockId);
  if (!blockId.ok) throw new Error(`${refBlockId} is no block id`);
  const secretKey = Uint8Array.from(randomBytes(32));
  const key = publicKeyOf(secretKey);
  const transaction = buildTransaction({
    actions: [packAction(account, accountsInterface, "create", { name: account, key })],
    expiration: Math.floor(Date.now() / 1_000) + expirationSeconds,
    refBlockIndex,
    keys: [key],
  });
  return signTransaction(transaction, blockId.value, secretKey);
}

/** Makes one account after the other, as a client does who wants each of them: retries are the same bytes again. */
export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  /** Attempts that got no answer, or none in time: a dead node answers at once, and a living one knows better. */
  readonly hung: string[] = [];
  /** Taken between two transactions: one in a hurry leaves a small machine no time for what else is under test. */
  pauseMs = 0;
  readonly #prefix: string;
  readonly #nodes: readonly NodeAddress[];
  #stopping = false;
  #running: Promise<void> | undefined;
  #turn = 0;

  constructor(prefix: string, nodes: readonly NodeAddress[]) {
    this.#prefix = prefix;
    this.#nodes = nodes;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends after the transaction under way, which a network that lost its leader may take a while for. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let number = 0; !this.#stopping; number++) {
      const account = parseAccountName(`${this.#prefix}${number}`);
      if (!account.ok) throw new Error(`${this.#prefix}${number} is no account name`);
      const signed = await this.#insist(() => draftAccount(this.#next(), account.value));
      const receipt = await this.#insist(() => push(this.#next(), signed));
      this.acknowledged.push({ ...receipt, account: account.value });
      if (this.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
  }

  #next(): NodeAddress {
    const node = this.#nodes[this.#turn++ % this.#nodes.length];
    if (node === undefined) throw new Error("a writer needs a node");
    return node;
  }

  async #insist<T>(attempt: () => Promise<T>): Promise<T> {
    const endMs = performance.now() + 60_000;
    for (;;) {
      const startMs = performance.now();
      try {
        return await attempt();
      } catch (error) {
        const waitedMs = performance.now() - startMs;
        if (waitedMs > hungMs) this.hung.push(`${Math.round(waitedMs)} ms: ${String(error)}`);
        if (error instanceof Refused || performance.now() > endMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** The network has decided against the transaction: no retry changes that, and none should have been needed. */
class Refused extends Error {}

async function push(node: NodeAddress, { bytes }: Signed): Promise<z.infer<typeof receiptShape>> {
  const answer = await request(node, "transact", "/push_transaction?wait_for=final", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(bytes),
  });
  const text = await answer.text();
  if (answer.status >= 500) throw new Error(`status ${answer.status}: ${text}`);
  if (!answer.ok) throw new Refused(`status ${answer.status}: ${text}`);
  return receiptShape.parse(JSON.parse(text));
}

/** Throws unless the node knows this transaction in exactly the block that was promised. */
export async function checkAcknowledged(node: NodeAddress, promised: Acknowledged): Promise<void> {
  const answer = await request(node, "transact", `/transactions/${promised.transactionId}`);
  if (!answer.ok) throw new Error(`${promised.account} is lost: ${await answer.text()}`);
  const found = receiptShape.parse(await answer.json());
  if (found.blockId !== promised.blockId || found.index !== promised.index) {
    throw new Error(`${promised.account} is in block ${found.blockNum}, not ${promised.blockNum}`);
  }
}
