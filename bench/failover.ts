import { Cluster, settleMs } from "../test/end-to-end/cluster.ts";
import { until } from "../test/end-to-end/until.ts";
import { Writer } from "../test/end-to-end/writer.ts";
import { medianOf } from "./median.ts";

export type FailoverResult = {
  readonly algorithm: "cft" | "bft";
  readonly medianMs: number;
  readonly worstMs: number;
};

/** Transactions that follow each other before the leader is killed, so that nothing of a start is measured. */
const calmCount = 20;

/** How long nothing becomes final when the leader is killed: from the kill to the next answer that a client gets. */
export async function measureFailover(
  algorithm: FailoverResult["algorithm"],
  nodes: number,
  rounds: number,
): Promise<FailoverResult> {
  const cluster = await Cluster.start(nodes, { network: { algorithm } });
  const gapsMs: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const leader = await cluster.leader();
      const others = cluster.nodes.filter((node) => node !== leader);
      const writer = new Writer(`r${round}w`, others);
      writer.start();
      await acknowledged(writer, calmCount);
      const startMs = performance.now();
      const before = writer.acknowledged.length;
      await leader.process.kill();
      await acknowledged(writer, before + 1);
      gapsMs.push(performance.now() - startMs);
      await writer.stop();
      leader.start();
      await cluster.ready();
    }
  } finally {
    await cluster.close();
  }
  return { algorithm, medianMs: medianOf(gapsMs), worstMs: Math.max(...gapsMs) };
}

function acknowledged(writer: Writer, count: number): Promise<unknown> {
  return until("transactions become final", settleMs, () => writer.acknowledged.length >= count);
}
