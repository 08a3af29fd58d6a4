import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { z } from "zod";

import { errorAnswer } from "./error-answer.ts";
import { evidenceBody } from "./evidence-body.ts";
import { historyRoutes } from "./history-routes.ts";
import type { HttpEnv } from "./http-env.ts";
import { isoOfMicroseconds } from "./iso-time.ts";
import { lightRoutes } from "./light-routes.ts";
import { catchUpMsMax } from "./limits.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodePort } from "./node-port.ts";
import { nodesRoute } from "./nodes-route.ts";
import { quotaRoutes } from "./quota-routes.ts";
import { refuseInvalid } from "./refuse-invalid.ts";
import { schemaRoutes } from "./schema-routes.ts";

/** Whoever reads from this node behind the answer misses nothing that was acknowledged anywhere before the question. */
const headQuery = z.strictObject({ wait_for: z.enum(["acknowledged"]).optional() });

/** psibase's common-api: the same few facts on every domain of the network. */
export function commonRoutes(node: NodePort): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use("/common/*", async (context, next) => {
    await next();
    context.res.headers.set("access-control-allow-origin", "*");
    context.res.headers.set("cache-control", "no-store");
    context.res.headers.set("x-content-type-options", "nosniff");
  });
  routes.get("/common/chainid", (context) => {
    const chainId = node.chainId();
    if (chainId === undefined) return errorAnswer({ code: "network-not-started" });
    return context.json(chainId);
  });
  routes.get("/common/genesis", (context) => {
    const genesis = node.genesis();
    if (genesis === undefined) return errorAnswer({ code: "network-not-started" });
    const headers = { "content-type": "application/octet-stream" };
    return context.body(new Uint8Array(genesis), 200, headers);
  });
  routes.get("/common/tapos/head", (context) => {
    const reference = node.taposReference();
    if (reference === undefined) return errorAnswer({ code: "network-not-started" });
    return context.json(reference);
  });
  routes.get("/common/head", zValidator("query", headQuery, refuseInvalid), async (context) => {
    if (context.req.valid("query").wait_for !== undefined) {
      const caughtUp = await node.catchUp(catchUpMsMax);
      if (!caughtUp.ok) return errorAnswer(caughtUp.error);
    }
    const applied = node.applied();
    if (applied === undefined) return errorAnswer({ code: "network-not-started" });
    return context.json({ ...applied, time: isoOfMicroseconds(applied.time) });
  });
  routes.get("/common/producers", (context) => {
    const roster = node.roster();
    if (roster === undefined) return errorAnswer({ code: "network-not-started" });
    return context.json({ ...roster, ...node.consensus() });
  });
  routes.get("/common/evidence", (context) =>
    context.json({ evidence: node.evidence().map(evidenceBody) }),
  );
  routes.get("/common/thisservice", (context) => {
    const { host } = context.env;
    return context.json(host.kind === "root" ? "home" : host.name);
  });
  routes.get("/common/rootdomain", (context) => context.json(context.env.host.authority));
  routes.route("/", historyRoutes(node.history, node.light));
  routes.route("/", lightRoutes(node.light));
  routes.route("/", nodesRoute(node));
  routes.route("/", schemaRoutes(node));
  routes.route("/", quotaRoutes(node));
  for (const path of commonPaths) routes.all(path, onlyMethods("GET, HEAD"));
  return routes;
}

const commonPaths = [
  "/common/chainid",
  "/common/genesis",
  "/common/tapos/head",
  "/common/head",
  "/common/producers",
  "/common/evidence",
  "/common/thisservice",
  "/common/rootdomain",
];
