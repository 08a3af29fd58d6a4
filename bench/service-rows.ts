import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { medianOf } from "./median.ts";
import { TokenChain } from "./token-chain.ts";
import { fillBalances, holdingsOf, transferAction, type Holdings } from "./token-rows.ts";

const accounts = 1000;
const blockTransactions = 16;
const warmUpBlocks = 300;
const blocksOfRound = 50;

export type RowsResult = { readonly rows: number; readonly usOfTransfer: number };

/**
 * What executing a transfer costs on a chain with so many balances, and on one with so many more: between random accounts,
 * of random tokens. Rounds of both in turn; the accounts are as many, so that nothing but the number of rows differs.
 */
export async function measureRows(
  folder: string,
  tokensOfEach: readonly number[],
  rounds: number,
): Promise<RowsResult[]> {
  const chains: FilledChain[] = [];
  for (const tokens of tokensOfEach) {
    chains.push(await FilledChain.open(join(folder, `rows-${tokens}`), tokens));
  }
  for (const chain of chains) await chain.round(warmUpBlocks);
  const results: { rows: number; times: number[] }[] = chains.map(({ rows }) => ({
    rows,
    times: [],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, chain] of chains.entries()) {
      results[at]?.times.push(await chain.round(blocksOfRound));
    }
  }
  for (const chain of chains) await chain.close();
  return results.map(({ rows, times }) => ({ rows, usOfTransfer: medianOf(times) }));
}

class FilledChain {
  readonly rows: number;
  readonly #chain: TokenChain;
  readonly #holdings: Holdings;
  #count = 0;

  private constructor(chain: TokenChain, holdings: Holdings) {
    this.#chain = chain;
    this.#holdings = holdings;
    this.rows = holdings.accounts.length * holdings.tokenIds.length;
  }

  static async open(folder: string, tokens: number): Promise<FilledChain> {
    mkdirSync(folder, { recursive: true });
    const chain = await TokenChain.open(folder);
    const holdings = holdingsOf(accounts, tokens);
    await fillBalances(chain, holdings);
    return new FilledChain(chain, holdings);
  }

  /** Microseconds for one transfer, with its share of what a block costs and of what is written behind it. */
  async round(blocks: number): Promise<number> {
    let ms = 0;
    for (let block = 0; block < blocks; block++) {
      const transactions = Array.from({ length: blockTransactions }, () =>
        this.#chain.transaction([this.#transfer()]),
      );
      const begin = performance.now();
      this.#chain.block(transactions);
      ms += performance.now() - begin;
    }
    const begin = performance.now();
    await this.#chain.flush();
    ms += performance.now() - begin;
    return (ms * 1000) / (blocks * blockTransactions);
  }

  close(): Promise<void> {
    return this.#chain.close();
  }

  #transfer(): ReturnType<typeof transferAction> {
    const { accounts: names, tokenIds } = this.#holdings;
    const from = below(names.length);
    const to = (from + 1 + below(names.length - 1)) % names.length;
    const [sender, debitor, tokenId] = [names[from], names[to], tokenIds[below(tokenIds.length)]];
    if (sender === undefined || debitor === undefined || tokenId === undefined) {
      throw new Error("nobody holds anything");
    }
    return transferAction(sender, debitor, tokenId, `payment ${this.#count++}`);
  }
}

function below(end: number): number {
  return Math.floor(Math.random() * end);
}
