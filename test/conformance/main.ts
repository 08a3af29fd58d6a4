/** `bun run conformance [folder]`: one line a vector file; exit status 1 when a case fails or there is no folder. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { defaultFolder } from "./default-folder.ts";
import { formatReport, hasFailed } from "./print-report.ts";
import { runFolder } from "./run-folder.ts";

const folder = resolve(process.argv[2] ?? defaultFolder());
if (existsSync(folder)) {
  const report = await runFolder(folder);
  for (const line of formatReport(report)) console.log(line);
  process.exitCode = hasFailed(report) ? 1 : 0;
} else {
  console.error(`NOT FOUND: no vectors at ${folder}; name their folder, or set KITH_VECTORS`);
  process.exitCode = 1;
}
