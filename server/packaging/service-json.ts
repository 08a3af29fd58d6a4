import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { parseServiceSchema } from "@kith/protocol/service-schema";
import { packText } from "@kith/protocol/texts";
import { z } from "zod";

import type { PackageError } from "./package-error.ts";
import type { ServiceInfo } from "./package.ts";
import { accountField, parseJson } from "./parse-json.ts";

export const flagsField = z
  .array(z.enum(["isPrivileged", "isVerify"]))
  .refine((flags) => new Set(flags).size === flags.length, "a flag is named twice");

const serviceJson = z.object({
  flags: flagsField.default([]),
  server: accountField.nullish(),
  schema: z.record(z.string(), z.unknown()).nullish(),
});

/** psibase specification, data-formats/package.md, "service/<service>.json", with the schema that psibase adds. */
export function parseServiceInfo(
  account: AccountName,
  path: string,
  content: Uint8Array,
): Result<ServiceInfo, PackageError> {
  const parsed = parseJson(path, content, serviceJson);
  if (!parsed.ok) return parsed;
  const { flags, server, schema: json } = parsed.value;
  const info = { flags, ...(server === null || server === undefined ? {} : { server }) };
  if (json === null || json === undefined) return ok(info);
  const schema = JSON.stringify(json);
  const checked = parseServiceSchema(schema);
  if (!checked.ok) return err({ code: "schema-invalid", account, fault: checked.error });
  return ok({ ...info, schema });
}

export function packServiceInfo({ flags, server, schema }: ServiceInfo): Uint8Array {
  const described: unknown = schema === undefined ? undefined : JSON.parse(schema);
  const json = { flags, server, schema: described };
  return packText(`${JSON.stringify(json, undefined, 2)}\n`);
}
