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
  readiness: z.object({ ready: z.boolean(), reasons: z.array(z.string()) }),
});

export type Status = z.infer<typeof statusShape>;

export async function readStatus(node: NodeAddress): Promise<Status> {
  const answer = await request(node, "x-admin", "/status");
  if (!answer.ok) throw new Error(`status ${answer.status}: ${await answer.text()}`);
  return statusShape.parse(await answer.json());
}
