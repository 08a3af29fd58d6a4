import { letAllUse } from "./allowances.ts";
import { createAccounts, loadAccountOf } from "./kith-account.ts";
import { rootHost, startKith, type KithCluster } from "./kith-cluster.ts";
import { measureOrdering, type Contestant, type OrderingResult } from "./ordering.ts";
import { openTokenNetwork } from "./token-network.ts";

const warmUpMs = 2000;

type Plan = {
  readonly folder: string;
  readonly port: number;
  /** Of another version, whose transaction is measured beside. */
  readonly base: string | undefined;
  readonly clientCounts: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
};

export const transferName = "token transfer";
const storeName = "256 bytes stored";
export const baseName = "256 bytes stored, base";

/**
 * A signed transfer of tokens by services in the sandbox, beside the store of 256 bytes by `sites`, both on three
 * nodes; and beside the same store on three nodes of a base version, all in turn.
 */
export async function benchServiceTransactions(plan: Plan): Promise<OrderingResult[]> {
  const { folder, port, base, clientCounts, rounds, seconds } = plan;
  const clients = Math.max(...clientCounts);
  const own = await startKith(folder, port);
  const other =
    base === undefined ? undefined : await startKith(folder, port + 10, { checkout: base });
  try {
    await letAllUse({ port: own.leaderPort, folder: own.firstFolder });
    const { accounts, tokenId } = await openTokenNetwork(folder, own, clients);
    const node = { kind: "kith", port: own.leaderPort, rootHost } as const;
    const contestants: Contestant[] = [
      { name: transferName, target: { ...node, accounts, tokenId }, pids: own.pids },
      { name: storeName, target: { ...node, accounts }, pids: own.pids },
      ...(other === undefined ? [] : [await baseContestant(other, clients)]),
    ];
    return measureOrdering(contestants, {
      // Many first: a compiler that is still at work takes several times what a transaction alone takes.
      clientCounts: clientCounts.toSorted((a, b) => b - a),
      rounds,
      warmUpMs,
      measuredMs: seconds * 1000,
    });
  } finally {
    await Promise.all([own.stop(), other?.stop()]);
  }
}

async function baseContestant(base: KithCluster, clients: number): Promise<Contestant> {
  const node = { port: base.leaderPort, rootHost };
  const accounts = (await createAccounts(node, clients)).map(loadAccountOf);
  return { name: baseName, target: { kind: "kith", ...node, accounts }, pids: base.pids };
}
