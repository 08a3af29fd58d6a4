import { fromHex, toHex } from "@kith/protocol/hashes";
import { ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";
import { z } from "zod";

import { postinstallActionsMax } from "./limits.ts";
import type { PackageError } from "./package-error.ts";
import type { PostinstallAction } from "./package.ts";
import { accountField, methodField, parseJson } from "./parse-json.ts";

export const postinstallPath = "script/postinstall.json";

const hexField = z.string().transform((text, context): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes.ok) return bytes.value;
  context.addIssue("not hex");
  return z.NEVER;
});

/** What a script and `kith.json` call an action. */
export const postinstallField = z
  .array(
    z.object({
      sender: accountField,
      service: accountField,
      method: methodField,
      data: z.unknown().optional(),
      rawData: hexField.nullish(),
    }),
  )
  .max(postinstallActionsMax);

/** psibase specification, data-formats/package.md, "script/postinstall.json". */
export function parsePostinstall(
  content: Uint8Array,
): Result<readonly PostinstallAction[], PackageError> {
  const parsed = parseJson(postinstallPath, content, postinstallField);
  return parsed.ok ? ok(postinstallActions(parsed.value)) : parsed;
}

export function postinstallActions(
  parsed: z.infer<typeof postinstallField>,
): readonly PostinstallAction[] {
  return parsed.map(({ sender, service, method, data, rawData }) => ({
    sender,
    service,
    method,
    ...(data === undefined || data === null ? {} : { data }),
    ...(rawData === undefined || rawData === null ? {} : { rawData }),
  }));
}

export function packPostinstall(actions: readonly PostinstallAction[]): Uint8Array {
  const json = actions.map(({ rawData, ...action }) =>
    rawData === undefined ? action : { ...action, rawData: toHex(rawData) },
  );
  return packText(`${JSON.stringify(json, undefined, 2)}\n`);
}
