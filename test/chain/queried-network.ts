import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import type { ServiceModule } from "@kith/protocol/service-abi";
import { openQueries, type Queries } from "@kith/queries/queries";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine, type Machine } from "@kith/sandbox/machine";
import { openState, type OpenedState } from "@kith/store/state";

import { systemModules, TestNetwork } from "./network.ts";

type Options = {
  /** Beside the system's. */
  readonly services?: readonly ServiceModule[];
  /** In which queries run; left out: one in this process. */
  readonly machine?: Machine;
};

type QueriedNetwork = {
  readonly network: TestNetwork;
  readonly state: OpenedState;
  readonly queries: Queries;
};

/** A network whose state is in a folder, and its queries in this process; gone after the tests of the file. */
export function openQueriedNetwork({ services = [], machine }: Options = {}): QueriedNetwork {
  const folder = mkdtempSync(join(tmpdir(), "kith-queried-"));
  const opened = openState({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
  });
  assert.ok(opened.ok);
  const state = opened.value;
  const network = new TestNetwork({ state, services });
  const queries = openQueries({
    processes: 0,
    queryMs: 2_000,
    folder,
    script: "",
    state,
    machine: machine ?? openMachine(inProcessMachine([...systemModules, ...services])),
    onTrouble: (text) => assert.fail(text),
  });
  after(async () => {
    queries.close();
    await state.close();
    rmSync(folder, { recursive: true });
  });
  return { network, state, queries };
}
