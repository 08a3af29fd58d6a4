import { Hono } from "hono";

import { rootHostOf } from "./host.ts";
import type { HttpEnv } from "./http-env.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodePort } from "./node-port.ts";
import { listNodes } from "./node-urls.ts";

/** Where else this network is served, so that a client can go on when its node dies. */
export function nodesRoute(node: Pick<NodePort, "linkAddresses">): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get("/common/nodes", (context) => {
    const { authority } = context.env.host;
    const rootHost = rootHostOf(authority);
    const isEncrypted = context.req.header("x-forwarded-proto") === "https";
    const origin = `${isEncrypted ? "https" : "http"}://${authority}`;
    return context.json({ nodes: listNodes(node.linkAddresses(), { rootHost, origin }) });
  });
  routes.all("/common/nodes", onlyMethods("GET, HEAD"));
  return routes;
}
