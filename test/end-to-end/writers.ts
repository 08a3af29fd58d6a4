import { settleMs, type ClusterNode } from "./cluster.ts";
import { until } from "./until.ts";
import { checkAcknowledged, type Writer } from "./writer.ts";

/** Waits until so many more transactions of each are acknowledged. */
export async function moreOf(writers: Writer | readonly Writer[], count: number): Promise<void> {
  await Promise.all(
    [writers].flat().map((writer) => {
      const wanted = writer.acknowledged.length + count;
      const isReached = (): boolean => writer.acknowledged.length >= wanted;
      return until("transactions become final", settleMs, isReached);
    }),
  );
}

/** Each of the nodes has whatever was promised to any of the writers, where it was promised. */
export async function checkAll(
  writers: Writer | readonly Writer[],
  nodes: readonly ClusterNode[],
): Promise<void> {
  const promised = [writers].flat().flatMap(({ acknowledged }) => acknowledged);
  for (const node of nodes) for (const one of promised) await checkAcknowledged(node, one);
}
