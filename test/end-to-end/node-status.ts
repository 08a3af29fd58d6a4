import { parseBlockId, type BlockId } from "@kith/protocol/ids";
import { z } from "zod";

import { request, type NodeAddress } from "./http-client.ts";

const blockAt = z.object({ num: z.number(), id: z.string() });

const statusShape = z.object({
  node: z.string(),
  role: z.enum(["leader", "follower", "candidate", "observer"]),
  term: z.number(),
  leader: z.object({ node: z.string() }).optional(),
  head: blockAt.optional(),
  final: blockAt.optional(),
  executed: z.object({ num: z.number(), id: z.string(), stateRoot: z.string() }).optional(),
  /** Left out while the node knows what it has said. */
  memory: z.string().optional(),
  evidence: z.array(z.unknown()),
  readiness: z.object({ ready: z.boolean(), reasons: z.array(z.string()) }),
});

export type Status = z.infer<typeof statusShape>;

export async function readStatus(node: NodeAddress): Promise<Status> {
  const answer = await request(node, "x-admin", "/status");
  if (!answer.ok) throw new Error(`status ${answer.status}: ${await answer.text()}`);
  return statusShape.parse(await answer.json());
}

const chainId = z.string().transform((text, context) => {
  const id = parseBlockId(text);
  if (id.ok) return id.value;
  context.addIssue("not a block's id");
  return z.NEVER;
});

/** Of the network that the node is of, as the node says. */
export async function chainIdOf(node: NodeAddress): Promise<BlockId> {
  const answer = await request(node, "", "/common/chainid");
  return chainId.parse(await answer.json());
}

const consensusShape = z.object({
  algorithm: z.enum(["cft", "bft"]),
  producers: z.array(z.object({ account: z.string(), node: z.string() })),
});
const producersShape = z.object({ current: consensusShape, next: consensusShape.optional() });

/** Who produces, and how they agree; `next` while a change is under way. */
export async function readProducers(node: NodeAddress): Promise<z.infer<typeof producersShape>> {
  const answer = await request(node, "", "/common/producers");
  return producersShape.parse(await answer.json());
}

const nodesShape = z.object({
  nodes: z.array(z.object({ url: z.string(), self: z.boolean().optional() })),
});

/** Where else the network is served, as the node says. */
export async function readNodes(node: NodeAddress): Promise<z.infer<typeof nodesShape>["nodes"]> {
  const answer = await request(node, "", "/common/nodes");
  return nodesShape.parse(await answer.json()).nodes;
}
