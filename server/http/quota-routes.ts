import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { z } from "zod";

import { accountField } from "./account-field.ts";
import { errorAnswer } from "./error-answer.ts";
import type { HttpEnv } from "./http-env.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodePort } from "./node-port.ts";
import { refuseInvalid } from "./refuse-invalid.ts";

const quotaQuery = z.strictObject({ account: accountField });

/** What an account may use within a minute, what it has used, and who pays for it. */
export function quotaRoutes(node: Pick<NodePort, "quota" | "hasAccount">): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get("/common/quota", zValidator("query", quotaQuery, refuseInvalid), (context) => {
    const { account: name } = context.req.valid("query");
    if (!node.hasAccount(name)) return errorAnswer({ code: "account-unknown", name });
    return context.json(node.quota(name));
  });
  routes.all("/common/quota", onlyMethods("GET, HEAD"));
  return routes;
}
