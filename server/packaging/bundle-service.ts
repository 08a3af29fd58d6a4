import { basename } from "node:path";

import { err, type Result } from "@kith/protocol/result";
import { codeBytesMax } from "@kith/sdk/system/setcode";

import type { BundleError } from "./bundle-error.ts";
import { bundle } from "./bundle.ts";
import { describeService } from "./describe-service.ts";

/** A service as a machine runs it: one source, whose last statement hands the entry's service over. */
export async function bundleService(entry: string): Promise<Result<Uint8Array, BundleError>> {
  const described = await describeService(entry);
  return described.ok ? bundleExport(entry, described.value.exportName) : described;
}

/** The same where it is known under which name the entry exports its service. */
export async function bundleExport(
  entry: string,
  exportName: string,
): Promise<Result<Uint8Array, BundleError>> {
  const source = [
    `import { runAsGuest } from "@kith/sdk/guest";`,
    `import { ${exportName} as exported } from "./${basename(entry)}";`,
    `runAsGuest("module" in exported ? exported.module : exported);`,
  ].join("\n");
  const code = await bundle({ entry, source, format: "iife", conditions: ["kith-guest"] });
  if (!code.ok || code.value.length <= codeBytesMax) return code;
  const sizeBytes = code.value.length;
  return err({ code: "bundle-too-large", entry, sizeBytes, sizeBytesMax: codeBytesMax });
}
