import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { parseServiceSchema, type ServiceSchemaError } from "@kith/protocol/service-schema";
import { trustLevels } from "@kith/sdk/trust";
import { z } from "zod";

import { jsonOf } from "../json-of.ts";
import { ClientTypes, UnwritableType, type TypeFault } from "./client-types.ts";
import { Identifiers, typeNameOf, valueNameOf } from "./identifiers.ts";
import { commentOf } from "./layout.ts";
import { importsCode, listCode, methodOf } from "./members.ts";

export type PluginCode = {
  readonly name: string;
  readonly functions: number;
  readonly code: string;
};

export type PluginCodeError =
  | { readonly code: "manifest-malformed"; readonly message: string }
  | ServiceSchemaError
  | TypeFault;

const manifestJson = z.object({
  name: z.string().refine((text) => parseAccountName(text).ok, "it has no name"),
  doc: z.string().optional(),
  types: z.record(z.string(), z.unknown()),
  exports: z.record(
    z.string(),
    z.object({
      params: z.unknown(),
      result: z.unknown(),
      trust: z.enum(trustLevels),
      doc: z.string().optional(),
    }),
  ),
});
type Manifest = z.infer<typeof manifestJson>;

/**
 * TypeScript for callers of a plugin: types of all arguments and results, and its interface for `kith.plugin(...)` in pages and
 * `context.call(...)` in plugins. The same manifest gives the same text.
 */
export function generatePluginInterface(text: string): Result<PluginCode, PluginCodeError> {
  const manifest = manifestJson.safeParse(jsonOf(text));
  if (!manifest.success) {
    const message = manifest.error.issues[0]?.message ?? "it is no manifest";
    return err({ code: "manifest-malformed", message });
  }
  const { name, types, exports } = manifest.data;
  // Functions are described as actions are, so they are read by the same rules.
  const schema = parseServiceSchema(JSON.stringify({ service: name, types, actions: exports }));
  if (!schema.ok) return schema;
  try {
    const functions = Object.keys(exports).length;
    return ok({ name, functions, code: codeOf(manifest.data, schema.value) });
  } catch (thrown) {
    if (thrown instanceof UnwritableType) return err(thrown.fault);
    throw thrown;
  }
}

type Schema = Extract<ReturnType<typeof parseServiceSchema>, { ok: true }>["value"];

function codeOf({ name, doc, exports }: Manifest, { types, actions }: Schema): string {
  const plugin = typeNameOf(name);
  const value = valueNameOf(plugin);
  const functions = { type: `${plugin}Functions`, value: `${value}Functions` };
  const written = new ClientTypes(types, new Identifiers([...reservedNames, functions.type]));
  const members = Object.entries(actions).map(([called, action]) => {
    const about = exports[called];
    const path = `exports.${called}`;
    return methodOf(written, { name: called, types: action, path, doc: wordsOf(about) });
  });
  const list = listCode({ ...functions, members });
  const type = `${written.use("pluginInterface", "type PluginInterface")}<${functions.type}>`;
  const make = written.use("pluginInterface", "pluginInterface");
  const made = `${make}(${JSON.stringify(name)}, ${functions.value})`;
  const line = `export const ${value}Plugin: ${type} = ${made};`;
  const broken = `export const ${value}Plugin: ${type} = ${make}(\n  ${JSON.stringify(name)},\n  ${functions.value},\n);`;
  const declared = `${commentOf(doc, 0)}${line.length <= widthMax ? line : broken}\n`;
  return [heading, importsCode(written), ...written.declarations, list, declared].join("\n");
}

/** With whom the user is asked about. */
function wordsOf(about: Manifest["exports"][string] | undefined): string | undefined {
  if (about === undefined) return undefined;
  const { doc = "", trust } = about;
  const asked = trust === "none" ? "" : `Trust: ${trust}.`;
  return [doc, asked].filter((part) => part !== "").join(" ");
}

const widthMax = 100;

const heading =
  "// Made by `kith client --plugin` from the plugin's manifest: change the plugin, then make it again.";

/** What the code uses itself, so that no type of a plugin may be called so. */
const reservedNames: readonly string[] = [
  "AccountName",
  "Codec",
  "MethodName",
  "PluginInterface",
  "Readonly",
  "Record",
  "Signature",
  "Uint8Array",
];
