/** A process that makes a snapshot, or a state of one, for the node that starts it: `snapshot-process.ts TASK FOLDER`. */
import { openMachine } from "@kith/sandbox/machine";
import { runSnapshotProcess } from "@kith/snapshots/run-process";
import { PreparedFiles } from "@kith/store/prepared-files";

// An interrupt at the terminal is for the node, which closes the pipe when it has ended.
process.on("SIGINT", () => undefined);
const [task, folder] = process.argv.slice(2);
if (task === undefined || folder === undefined) {
  throw new Error("a snapshot process is started by a node");
}
const onTrouble = (line: string): void => void process.stderr.write(`${line}\n`);
const machine = () => openMachine(undefined, { store: new PreparedFiles({ folder, onTrouble }) });
await runSnapshotProcess({ task, folder, machine });
process.exit(0);
