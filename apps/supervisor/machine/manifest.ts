import type { AccountName, MethodName } from "@kith/protocol/ids";
import { parseAccountName, parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { trustLevels, type TrustLevel } from "@kith/sdk/trust";

/** What a plugin declares in `/plugin.json`: what it may call, what it offers, and of whom the user is asked. */
export type Manifest = {
  readonly name: AccountName;
  readonly imports: ReadonlySet<string>;
  readonly exports: ReadonlyMap<MethodName, ExportedFunction>;
};

type ExportedFunction = {
  /** As its author writes it. */
  readonly name: string;
  readonly trust: TrustLevel;
  readonly doc: string | undefined;
  /** What it takes and gives, as one text that is the same for the same types. */
  readonly types: string;
};

type ManifestError = { readonly code: "manifest-malformed"; readonly message: string };

/** The runtime that plugins are made for. */
const sdkVersion = 1;

export function parseManifest(text: string): Result<Manifest, ManifestError> {
  const json = jsonOf(text);
  if (!isRecord(json)) return malformed("it is no object");
  if (json["sdk"] !== sdkVersion) return malformed(`it is made for SDK ${String(json["sdk"])}`);
  const name = typeof json["name"] === "string" ? parseAccountName(json["name"]) : undefined;
  if (name?.ok !== true) return malformed("it has no name");
  const { imports, exports, types } = json;
  if (!Array.isArray(imports) || !imports.every((each) => typeof each === "string")) {
    return malformed("its imports are no names");
  }
  if (!isRecord(exports)) return malformed("it has no exports");
  const functions = new Map<MethodName, ExportedFunction>();
  for (const [called, value] of Object.entries(exports)) {
    const exported = exportedOf(called, value, types);
    const method = parseMethodName(called);
    if (exported === undefined || !method.ok) return malformed(`its export ${called} is none`);
    functions.set(method.value, exported);
  }
  return ok({ name: name.value, imports: new Set(imports), exports: functions });
}

function exportedOf(name: string, value: unknown, named: unknown): ExportedFunction | undefined {
  if (!isRecord(value)) return undefined;
  const trust = trustLevels.find((level) => level === value["trust"]);
  const doc = value["doc"];
  if (trust === undefined) return undefined;
  const types = JSON.stringify([value["params"], value["result"], named]);
  return { name, trust, doc: typeof doc === "string" ? doc : undefined, types };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(message: string): Result<never, ManifestError> {
  return err({ code: "manifest-malformed", message });
}
