import { zValidator } from "@hono/zod-validator";
import { accountNameConstant } from "@kith/protocol/names";
import { Hono } from "hono";
import { z } from "zod";

import { accountField } from "./account-field.ts";
import { errorAnswer } from "./error-answer.ts";
import type { HttpEnv } from "./http-env.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodePort } from "./node-port.ts";
import { refuseInvalid } from "./refuse-invalid.ts";

const schemaQuery = z.strictObject({ service: accountField.optional() });

/** What a service says about itself: of the domain's own account, or of the one that `?service=` names. */
export function schemaRoutes(node: Pick<NodePort, "definition">): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get("/common/schema", zValidator("query", schemaQuery, refuseInvalid), (context) => {
    const { host } = context.env;
    const own = host.kind === "root" ? accountNameConstant("home") : host.name;
    const service = context.req.valid("query").service ?? own;
    const definition = node.definition(service);
    if (definition === undefined) return errorAnswer({ code: "service-unknown", service });
    const { name, tables, events = [] } = definition;
    // The chain has read the schema when the code was installed.
    const schema: unknown = JSON.parse(definition.schema);
    return context.json({ name, tables, events, schema });
  });
  routes.all("/common/schema", onlyMethods("GET, HEAD"));
  return routes;
}
