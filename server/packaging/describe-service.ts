import { basename } from "node:path";
import { createContext, Script } from "node:vm";

import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { unpackText } from "@kith/protocol/texts";
import { z } from "zod";

import type { BundleError } from "./bundle-error.ts";
import { bundle } from "./bundle.ts";

/** What an entry says about its service. */
export type DescribedService = {
  /** Under which the entry exports it. */
  readonly exportName: string;
  readonly name: AccountName;
  /** JSON text of the ServiceSchema. */
  readonly schema: string;
  /** JSON text of the whole ServiceDefinition. */
  readonly definition: string;
};

const exportsJson = z.array(
  z.object({
    exportName: z.string(),
    name: z.string(),
    schema: z.string(),
    definition: z.string(),
  }),
);

/**
 * Runs the author's source once, as far as its declarations go, to learn what it declares. It is the author's own
 * machine and code, as it is with every build; the context has nothing but the language.
 */
export async function describeService(
  entry: string,
): Promise<Result<DescribedService, BundleError>> {
  const code = await bundle({ entry, source: describing(entry), format: "iife", conditions: [] });
  if (!code.ok) return code;
  const ran = run(entry, code.value);
  if (!ran.ok) return ran;
  const [first, ...others] = ran.value;
  if (first === undefined) return err({ code: "service-export-missing", entry });
  if (others.some(({ schema }) => schema !== first.schema)) {
    const names = ran.value.map(({ exportName }) => exportName).join(", ");
    return err({ code: "service-export-ambiguous", entry, names });
  }
  return ok({ ...first, name: accountNameConstant(first.name) });
}

/** An export is a service when it has the parts of one; `service()` gives an object with its module in it. */
function describing(entry: string): string {
  return [
    `import * as exported from "./${basename(entry)}";`,
    `const found = [];`,
    `for (const [exportName, value] of Object.entries(exported)) {`,
    `  const definition = (value?.module ?? value)?.definition;`,
    `  if (typeof definition?.schema === "string")`,
    `    found.push({`,
    `      exportName,`,
    `      name: definition.name,`,
    `      schema: definition.schema,`,
    `      definition: JSON.stringify(definition),`,
    `    });`,
    `}`,
    `globalThis.found = JSON.stringify(found);`,
  ].join("\n");
}

function run(entry: string, code: Uint8Array): Result<z.infer<typeof exportsJson>, BundleError> {
  try {
    const context = createContext({});
    new Script(unpackText(code) ?? "").runInContext(context, { timeout: timeoutMs });
    const found: unknown = new Script("globalThis.found").runInContext(context);
    return ok(exportsJson.parse(JSON.parse(String(found))));
  } catch (fault) {
    const reason = isErrorLike(fault) ? `${fault.name}: ${fault.message}` : String(fault);
    return err({ code: "service-does-not-start", entry, reason });
  }
}

/** Errors of another context are instances of that context's classes. */
function isErrorLike(fault: unknown): fault is { readonly name: string; readonly message: string } {
  return typeof fault === "object" && fault !== null && "name" in fault && "message" in fault;
}

const timeoutMs = 2000;
