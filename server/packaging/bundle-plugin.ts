import { basename } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";
import { concatBytes } from "@kith/sdk/bytes";
import { pluginSdk } from "@kith/sdk/plugin-runtime";
import { z } from "zod";

import type { BundleError } from "./bundle-error.ts";
import { bundle } from "./bundle.ts";
import { describeService } from "./describe-service.ts";
import { pluginSourceBytesMax } from "./limits.ts";
import { fromRuntime } from "./plugin-runtime.ts";

/** What an account's site has of its plugin. */
export type BundledPlugin = {
  readonly name: string;
  /** `/plugin.js`: one source, whose last statement hands the entry's plugin over. */
  readonly source: Uint8Array;
  /** `/plugin.json`: what it says of itself. */
  readonly manifest: Uint8Array;
};

const definitionJson = z.object({
  name: z.string(),
  imports: z.array(z.string()),
  trust: z.record(z.string(), z.string()),
  schema: z.string(),
});

const schemaJson = z.object({
  types: z.record(z.string(), z.unknown()),
  actions: z.record(z.string(), z.object({ params: z.unknown(), result: z.unknown() })),
  docs: z
    .object({
      service: z.string().optional(),
      actions: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});

/** Makes a plugin out of its entry. The same sources give the same bytes. */
export async function bundlePlugin(entry: string): Promise<Result<BundledPlugin, BundleError>> {
  const described = await describeService(entry);
  if (!described.ok) {
    const { error } = described;
    return error.code === "service-export-missing"
      ? err({ code: "plugin-export-missing", entry })
      : described;
  }
  const { definition, exportName } = described.value;
  const declared = definitionJson.safeParse(JSON.parse(definition));
  if (!declared.success) return err({ code: "plugin-export-missing", entry });
  const code = await bundle({
    entry,
    source: [
      `import { runAsGuest } from "@kith/sdk/guest";`,
      `import { ${exportName} as exported } from "./${basename(entry)}";`,
      `runAsGuest(exported.module);`,
    ].join("\n"),
    format: "cjs",
    conditions: ["kith-guest"],
    plugins: [fromRuntime],
  });
  if (!code.ok) return code;
  const source = concatBytes(packText("(()=>{"), code.value, packText("})();\n"));
  if (source.length > pluginSourceBytesMax) {
    const [sizeBytes, sizeBytesMax] = [source.length, pluginSourceBytesMax];
    return err({ code: "bundle-too-large", entry, sizeBytes, sizeBytesMax });
  }
  return ok({ name: declared.data.name, source, manifest: manifestOf(declared.data) });
}

function manifestOf({ name, imports, trust, schema }: z.infer<typeof definitionJson>): Uint8Array {
  const { types, actions, docs } = schemaJson.parse(JSON.parse(schema));
  const exports = Object.fromEntries(
    Object.entries(actions).map(([called, { params, result }]) => {
      const doc = docs?.actions?.[called];
      const about = { params, result: result ?? null, trust: trust[called] };
      return [called, doc === undefined ? about : { ...about, doc }];
    }),
  );
  const doc = docs?.service === undefined ? {} : { doc: docs.service };
  const accounts = imports.filter((each) => !each.startsWith("x-"));
  return packText(
    JSON.stringify({ sdk: pluginSdk, name, ...doc, imports: accounts, exports, types }),
  );
}
