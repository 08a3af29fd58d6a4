import { join } from "node:path";

/** `KITH_VECTORS`, else the folder that stands beside the repository. */
export function defaultFolder(): string {
  return process.env["KITH_VECTORS"] ?? join(import.meta.dirname, "../../../shared/vectors");
}
