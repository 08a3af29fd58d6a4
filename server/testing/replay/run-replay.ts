/** `run-replay.ts RECORDING...`, on whichever runtime: prints a line of JSON for each recording that it runs again. */
import process from "node:process";

import { openMachine } from "@kith/sandbox/machine";

import { readRecording, recordingName } from "./recording.ts";
import { replay } from "./replay.ts";

const machine = openMachine();
for (const path of process.argv.slice(2)) {
  const replayed = replay(readRecording(path), machine);
  process.stdout.write(`${JSON.stringify({ name: recordingName(path), ...replayed })}\n`);
}
