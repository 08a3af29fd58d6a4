import type { z } from "zod";

import { errorAnswer } from "./error-answer.ts";

/** What `@hono/zod-validator` calls with the outcome: a client with wrong parameters learns which, and why. */
export function refuseInvalid(
  result:
    | { readonly success: true }
    | { readonly success: false; readonly error: z.core.$ZodError },
): Response | undefined {
  if (result.success) return undefined;
  const problems = result.error.issues.map((issue) => ({
    parameter: issue.path.join(".") || "parameters",
    message: issue.message,
  }));
  return errorAnswer({ code: "parameter-invalid", problems });
}
