import type { Handler } from "hono";

import { errorAnswer } from "./error-answer.ts";
import type { HttpEnv } from "./http-env.ts";

/** The last handler of a path: every method that got this far is one that it does not have. */
export function onlyMethods(allow: string): Handler<HttpEnv> {
  return (context) => {
    return errorAnswer({ code: "method-not-allowed", method: context.req.method, allow });
  };
}
