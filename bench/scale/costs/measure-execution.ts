import { mkdtempSync } from "node:fs";
import { join } from "node:path";

import { TokenChain } from "../../token-chain.ts";
import { fillBalances, holdingsOf, transferAction } from "../../token-rows.ts";
import { percentile } from "../runs/percentiles.ts";
import type { Micros } from "./costs.ts";

const accounts = 100;
const transfersOfBlock = 16;
const blocks = 400;
const blocksBetweenFlushes = 20;

/**
 * A transfer of tokens in a block of many, by the product's own chain, services and store: the lower tenth of many
 * blocks, because compilers, collectors and other programs only ever make it longer.
 */
export async function measureExecution(folder: string): Promise<Micros> {
  const chain = await TokenChain.open(mkdtempSync(join(folder, "chain-")));
  const holdings = holdingsOf(accounts, 1);
  await fillBalances(chain, holdings);
  const took: Micros[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const transactions = Array.from({ length: transfersOfBlock }, (_, at) => {
      const [from, to] = [holdings.accounts[at], holdings.accounts[at + transfersOfBlock]];
      if (from === undefined || to === undefined) throw new Error("there are as many accounts");
      return chain.transaction([transferAction(from, to, 1, `${block}`)]);
    });
    const startMs = performance.now();
    chain.block(transactions);
    took.push(((performance.now() - startMs) * 1000) / transfersOfBlock);
    if (block % blocksBetweenFlushes === 0) await chain.flush();
  }
  await chain.close();
  return percentile(took, 0.1);
}
