/** A process of its own that the tests of this folder start: a query process with the service of these tests. */
import { runQueryProcess } from "@kith/queries/run-query-process";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";

import { feed } from "../changes/feed.ts";
import { systemModules } from "../network.ts";

const machine = inProcessMachine([...systemModules, feed.module]);
runQueryProcess({ folder: process.argv[2] ?? "", machine });
process.exit(0);
