import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import type { FloodTarget, LoadAccount, LoadJob } from "../../bench/load/job.ts";
import { Cluster } from "./cluster.ts";
import { rootHost } from "./http-client.ts";
import { ledger, ledgerCode } from "./ledger.ts";
import { middle, runLoad } from "./load.ts";
import { creation, person, sendDone } from "./transactions.ts";

/** Short phases in turn, so that whatever else the machine does hits those with a flood and those without. */
const rounds = 3;
const measuredMs = 2000;
const othersCount = 4;
/** Each waits for its last transaction, so that many of the dear ones would make a long end. */
const cheapConnections = 24;
const dearConnections = 8;
/** A few hundred million units of work. */
const burnRounds = 1_500_000;
/** `bun run bench` has the figure; on a machine with other work this is what cannot be chance. */
const timesMax = 4;

let cluster: Cluster;
let target: Omit<FloodTarget, "kind" | "account">;
const flooder = accountOf("flooder", 40);
const others = Array.from({ length: othersCount }, (_, at) => accountOf(`quiet-${at}`, 50 + at));

before(async () => {
  cluster = await Cluster.start(3);
  const leader = await cluster.leader();
  target = { port: leader.port, rootHost };
  for (const { account, seed } of [flooder, ...others]) {
    const who = person(account, seed);
    await sendDone(leader, [creation(who)], who.prover);
  }
  const author = person(ledger, 60);
  await sendDone(leader, [creation(author)], author.prover);
  const code = await ledgerCode(cluster.folder);
  const install = packAction(ledger, setcodeInterface, "setCode", { vm: javaScript, code });
  await sendDone(leader, [install], author.prover);
});
after(() => cluster.close());

function accountOf(account: string, seed: number): LoadAccount & { readonly seed: number } {
  return { account, seed, secretKey: Buffer.alloc(32, seed).toString("hex") };
}

type Measured = { readonly alone: number; readonly beside: number; readonly requests: number };

/** The usual time to finality of four accounts with one transaction at a time each, and beside the flood. */
async function measure(flood: FloodTarget): Promise<Measured> {
  const job: LoadJob = {
    target: { kind: "kith", ...target, accounts: others },
    clients: othersCount,
    warmUpMs: 200,
    measuredMs,
  };
  const clients = flood.burn === undefined ? cheapConnections : dearConnections;
  const flooding = { target: flood, clients, warmUpMs: 0 };
  const [alone, beside, requests]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    alone?.push((await runLoad(job)).p50Ms);
    // It begins about when the others do, and outlasts them.
    const flooded = runLoad({ ...flooding, measuredMs: measuredMs + 1000 });
    const [result] = await Promise.all([runLoad(job), flooded]);
    beside?.push(result.p50Ms);
    requests?.push(result.requests);
  }
  return {
    alone: usual(alone),
    beside: usual(beside),
    requests: usual(requests),
  };
}

/** In the usual round; one in which the machine did nothing at all has no time to finality, which arrives as null. */
function usual(figures: readonly number[] = []): number {
  return middle(figures.filter((each) => Number.isFinite(each)));
}

function checkOthers({ alone, beside, requests }: Measured): void {
  assert.ok(requests >= othersCount, `only ${requests} transactions of the others were final`);
  assert.ok(
    beside < timesMax * alone,
    `${beside} ms beside the flood, ${alone} ms without: more than ${timesMax} times`,
  );
}

test("one account's flood of cheap transactions keeps nobody else waiting", async () => {
  checkOthers(await measure({ kind: "kith-flood", ...target, account: flooder }));
});

test("nor does one of transactions that each take hundreds of millions of units of work", async () => {
  const burn = { service: ledger, rounds: burnRounds };
  checkOthers(await measure({ kind: "kith-flood", ...target, account: flooder, burn }));
  await cluster.settled();
});
