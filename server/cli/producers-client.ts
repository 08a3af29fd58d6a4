import type { Consensus } from "@kith/protocol/block";
import { quorumSize } from "@kith/protocol/certificate";
import { parseNodeId } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import type { Result } from "@kith/protocol/result";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { getJson, type NodeClient } from "./node-client.ts";

const producer = z.object({ account: z.string(), node: z.string() }).transform((text, context) => {
  const [account, node] = [parseAccountName(text.account), parseNodeId(text.node)];
  if (account.ok && node.ok) return { account: account.value, node: node.value };
  context.addIssue("not a producer");
  return z.NEVER;
});
const consensus = z.object({ algorithm: z.enum(["cft", "bft"]), producers: z.array(producer) });
const producersAnswer = z.object({
  headNum: z.number(),
  current: consensus,
  next: consensus.optional(),
});

/** Who produces and how they agree; `next` while a change is under way. */
export type ProducersNow = z.infer<typeof producersAnswer>;

export function readProducers(node: NodeClient): Promise<Result<ProducersNow, CliError>> {
  return getJson(node, { target: "/common/producers" }, producersAnswer);
}

/** What so many producers stand. */
export function describeTolerance({ algorithm, producers }: Consensus): string {
  const count = producers.length;
  const needed = quorumSize(algorithm, count);
  const spare = count - needed;
  if (algorithm === "cft") return `${needed} of ${count} have to run, and all are trusted`;
  const liars = spare === 0 ? "none may lie" : `${spare} may stop or lie`;
  return `${needed} of ${count} have to run as they should, ${liars}`;
}

/** A word of caution where a change gives less than people may expect of it. */
export function cautionAbout({ algorithm, producers }: Consensus): string | undefined {
  const spare = producers.length - quorumSize(algorithm, producers.length);
  if (algorithm === "cft" || spare > 0) return undefined;
  return `With ${producers.length} producers bft stands no node that lies or stops; 4 stand one.`;
}
