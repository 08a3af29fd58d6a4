import { Cluster } from "../test/end-to-end/cluster.ts";
import { PauseMeter } from "../test/end-to-end/pause-meter.ts";
import { Writer } from "../test/end-to-end/writer.ts";
import { moreOf } from "../test/end-to-end/writers.ts";
import { medianOf } from "./median.ts";

export type FailoverResult = {
  readonly algorithm: "cft" | "bft";
  readonly medianMs: number;
  readonly worstMs: number;
};

/** Transactions that follow each other before the leader is killed, so that nothing of a start is measured; and after it. */
const calmCount = 20;

/** How long nothing becomes final when the leader is killed: the longest time between two answers that a client gets. */
export async function measureFailover(
  algorithm: FailoverResult["algorithm"],
  nodes: number,
  rounds: number,
): Promise<FailoverResult> {
  const cluster = await Cluster.start(nodes, { algorithm });
  const gapsMs: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      gapsMs.push(await killLeader(cluster, `r${round}w`));
      await cluster.ready();
    }
  } finally {
    await cluster.close();
  }
  return { algorithm, medianMs: medianOf(gapsMs), worstMs: Math.max(...gapsMs) };
}

/** Milliseconds without an answer around the kill. */
async function killLeader(cluster: Cluster, name: string): Promise<number> {
  const leader = await cluster.leader();
  const others = cluster.nodes.filter((node) => node !== leader);
  const writer = new Writer(name, others);
  writer.start();
  const meter = new PauseMeter([writer]);
  try {
    await moreOf(writer, calmCount);
    meter.takeMs();
    await leader.process.kill();
    await moreOf(writer, calmCount);
    return meter.takeMs();
  } finally {
    meter.stop();
    await writer.stop();
    leader.start();
  }
}
