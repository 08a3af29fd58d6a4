import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { runScript } from "./ccf-runner.ts";

/** `bun test/scenarios/run-ccf.ts FILE...`: one line a script; exit status 1 when one fails. */
function main(files: readonly string[]): number {
  let failed = 0;
  let skipped = 0;
  for (const file of files) {
    const result = runScript(readFileSync(file, "utf8"));
    const { failure, notApplicable, passed } = result;
    skipped += notApplicable.length;
    const counts = `${passed} lines passed, ${notApplicable.length} not applicable`;
    if (failure === undefined) {
      print(`pass ${basename(file)}: ${counts}`);
    } else {
      failed += 1;
      const { line, reason } = failure;
      print(`FAIL ${basename(file)}: line ${line.number}: ${line.text}: ${reason} (${counts})`);
    }
    for (const { line, reason } of notApplicable) {
      print(`  not applicable, line ${line.number}: ${line.text}: ${reason}`);
    }
  }
  const passed = files.length - failed;
  print(`${passed} scripts passed, ${failed} failed; ${skipped} lines not applicable`);
  return failed === 0 && files.length > 0 ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = main(process.argv.slice(2));
