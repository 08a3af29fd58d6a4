/** A process that answers queries for the node that starts it: `query-process.ts FOLDER`. */
import { serviceLog } from "@kith/node/service-log";
import { accountNameConstant } from "@kith/protocol/names";
import { runQueryProcess } from "@kith/queries/run-query-process";
import { openMachine } from "@kith/sandbox/machine";
import { PreparedFiles } from "@kith/store/prepared-files";

// An interrupt at the terminal is for the node, which closes the pipe when it has ended.
process.on("SIGINT", () => undefined);
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("a query process is started by a node");
// Its output is for the node; what it writes to its errors, the node's terminal shows.
const print = (line: string): void => void process.stderr.write(`${line}\n`);
const onLog = serviceLog({ print, nowMs: () => performance.now() });
const store = new PreparedFiles({ folder, onTrouble: print });
const machine = openMachine(undefined, { onLog, store });
runQueryProcess({ folder, machine, warmUp: accountNameConstant("sites") });
process.exit(0);
