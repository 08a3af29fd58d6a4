import type { AccountName, MethodName } from "@kith/protocol/ids";
import { parseAccountName, parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { unpackText } from "@kith/protocol/texts";
import { z, type ZodType } from "zod";

import type { PackageError } from "./package-error.ts";

/** Checks one of a package's JSON files; `path` is what errors call it. */
export function parseJson<T>(
  path: string,
  content: Uint8Array,
  schema: ZodType<T>,
): Result<T, PackageError> {
  const json = jsonOf(content);
  if (json === undefined) return err({ code: "json-malformed", path });
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  return err({ code: "field-invalid", path, field, reason: issue?.message ?? "unreadable" });
}

function jsonOf(content: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(unpackText(content) ?? "");
    return { value };
  } catch {
    return undefined;
  }
}

export const accountField: ZodType<AccountName> = z.string().transform((text, context) => {
  const name = parseAccountName(text);
  if (name.ok) return name.value;
  context.addIssue("not an account name");
  return z.NEVER;
});

export const methodField: ZodType<MethodName> = z.string().transform((text, context) => {
  const name = parseMethodName(text);
  if (name.ok) return name.value;
  context.addIssue("not the name of an action");
  return z.NEVER;
});
