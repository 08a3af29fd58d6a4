import type { PluginShown } from "./source.ts";

/** What a plugin says of itself in its `plugin.json`, for people; undefined for what is none. */
export function pluginShown(
  account: PluginShown["account"],
  manifest: string,
): PluginShown | undefined {
  const json = parsed(manifest);
  const exported = recordOf(json?.["exports"]);
  if (json === undefined || exported === undefined) return undefined;
  const imports: unknown = json["imports"];
  return {
    account,
    doc: textOf(json["doc"]),
    uses: Array.isArray(imports) ? imports.filter((each) => typeof each === "string") : [],
    functions: Object.entries(exported).map(([name, value]) => {
      const { params, result, trust, doc } = recordOf(value) ?? {};
      return {
        name,
        takes: fieldsOf(recordOf(recordOf(params)?.["Object"])),
        gives: result === null || result === undefined ? undefined : typeText(result),
        trust: trustLevels.find((level) => level === trust) ?? "max",
        doc: textOf(doc),
      };
    }),
  };
}

const trustLevels = ["none", "low", "medium", "high", "max"] as const;

function fieldsOf(fields: Json | undefined): string {
  return Object.entries(fields ?? {})
    .map(([name, type]) => `${name}: ${typeText(type)}`)
    .join(", ");
}

/** Words that people know for the most frequent types; for others those of the schema. */
const words: Readonly<Record<string, string>> = {
  string: "text",
  hex: "bytes",
  bool: "yes or no",
};

function typeText(schema: unknown): string {
  const [kind, inner] = Object.entries(recordOf(schema) ?? {})[0] ?? [];
  const facts = recordOf(inner) ?? {};
  if (kind === "Custom") {
    const id = textOf(facts["id"]) ?? "";
    return words[id] ?? id;
  }
  if (kind === "Int" || kind === "Float") return "number";
  if (kind === "List") return `list of ${typeText(inner)}`;
  if (kind === "Option") return `${typeText(inner)} or nothing`;
  if (kind === "Object" || kind === "Struct") return `(${fieldsOf(facts)})`;
  return typeof schema === "string" ? schema : "value";
}

type Json = Readonly<Record<string, unknown>>;

function parsed(text: string): Json | undefined {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Json | undefined {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? Object.fromEntries(Object.entries(value)) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
