import { settleMs } from "./cluster.ts";
import { request, type NodeAddress } from "./http-client.ts";
import { until } from "./until.ts";

/** A node that is busy, or whose network is changing its leader, asks to be asked again. */
export function patiently(node: NodeAddress, path: string): Promise<Response> {
  return until(`an answer to ${path}`, settleMs, async () => {
    const answer = await request(node, "", path);
    return answer.status === 503 ? undefined : answer;
  });
}
