import { Hono } from "hono";

import { checkAdmin } from "./admin-access.ts";
import { errorAnswer } from "./error-answer.ts";
import { evidenceBody } from "./evidence-body.ts";
import type { HttpEnv } from "./http-env.ts";
import { isoOfMicroseconds } from "./iso-time.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodePort } from "./node-port.ts";
import type { SnapshotPort } from "./snapshot-port.ts";
import { answerSnapshot } from "./snapshot-route.ts";

type AdminOptions = {
  /** Secrets that stand for the people who run this node. */
  readonly adminKeys: readonly string[];
  readonly snapshots?: SnapshotPort;
};

/** `x-admin.<root>`: what only the people who run this node may see. It has no CORS on purpose. */
export function adminRoutes(node: NodePort, { adminKeys, snapshots }: AdminOptions): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use("*", async (context, next) => {
    const { host, remoteAddress } = context.env;
    const { headers } = context.req.raw;
    const allowed = checkAdmin({ headers, host, remoteAddress: remoteAddress(), adminKeys });
    if (!allowed.ok) return errorAnswer(allowed.error);
    return next();
  });
  routes.get("/status", (context) => {
    const { executed, ...status } = node.status();
    const answer = {
      ...status,
      ...(executed === undefined
        ? {}
        : { executed: { ...executed, time: isoOfMicroseconds(executed.time) } }),
      readiness: node.readiness(),
      evidence: node.evidence().map(evidenceBody),
    };
    return context.json(answer, 200, {
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
  });
  routes.all("/status", onlyMethods("GET, HEAD"));
  routes.post("/snapshot", () => answerSnapshot(snapshots));
  routes.all("/snapshot", onlyMethods("POST"));
  return routes;
}
