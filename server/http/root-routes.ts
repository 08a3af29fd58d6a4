import { Hono } from "hono";

import type { HttpEnv } from "./http-env.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodeMeter } from "./node-meter.ts";
import type { NodePort } from "./node-port.ts";

export const healthPaths: readonly string[] = ["/livez", "/readyz", "/metrics"];

/** The root host: how this node is, and for everything else the way to the home page. */
export function rootRoutes(node: NodePort, meter: () => Promise<NodeMeter>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const plain = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  routes.get("/livez", (context) => context.json({ live: true }, 200, plain));
  routes.get("/readyz", (context) => {
    const readiness = node.readiness();
    return context.json(readiness, readiness.ready ? 200 : 503, plain);
  });
  routes.get("/metrics", async (context) => {
    const { contentType, text } = await meter();
    return context.body(await text(), 200, { ...plain, "content-type": contentType });
  });
  for (const path of healthPaths) routes.all(path, onlyMethods("GET, HEAD"));
  return routes;
}
