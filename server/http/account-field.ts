import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { z, type ZodType } from "zod";

/** An account in a request's query. */
export const accountField: ZodType<AccountName, string> = z.string().transform((text, context) => {
  const name = parseAccountName(text);
  if (name.ok) return name.value;
  context.addIssue("an account name has 1 to 10 characters of a-z, 0-9 and -");
  return z.NEVER;
});
