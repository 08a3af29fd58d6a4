/** A process of its own that the tests of this folder start: a query process with the services of these tests. */
import { runQueryProcess } from "@kith/queries/run-query-process";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";

import { systemModules } from "../network.ts";
import { counter, neighbour } from "./counter.ts";

const modules = [...systemModules, counter.module, neighbour.module];
runQueryProcess({ folder: process.argv[2] ?? "", machine: inProcessMachine(modules) });
process.exit(0);
