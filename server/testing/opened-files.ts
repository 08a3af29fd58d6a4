import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BlockResult } from "@kith/chain/apply-block";
import type { AccountName } from "@kith/protocol/ids";
import { openMachine, type Machine } from "@kith/sandbox/machine";
import { openEvents, type OpenedEvents } from "@kith/store/events";
import { openState, type OpenedState } from "@kith/store/state";

/** The state and the events of a network as a node has them, in a folder that is gone when the process is. */
export class OpenedFiles {
  readonly folder: string = mkdtempSync(join(tmpdir(), "kith-test-"));
  readonly state: OpenedState;
  readonly machine: Machine;
  readonly #events: OpenedEvents;
  readonly #atExit = (): void => rmSync(this.folder, { recursive: true, force: true });

  constructor(onLog: (service: AccountName, line: string) => void = print) {
    process.once("exit", this.#atExit);
    const { folder } = this;
    const events = openEvents({ folder, onBroken: stop });
    if (!events.ok) throw new Error(events.error.code);
    this.#events = events.value;
    const state = openState({ folder, onBroken: stop, ahead: events.value });
    if (!state.ok) throw new Error(state.error.code);
    this.state = state.value;
    this.machine = openMachine(undefined, { onLog });
  }

  keep({ applied: { num, time }, events, eventTree: tree }: BlockResult): void {
    this.#events.append({ num, time, events, tree });
  }

  async close(): Promise<void> {
    await this.state.close();
    await this.#events.close();
    process.off("exit", this.#atExit);
    this.#atExit();
  }
}

function stop(broken: Error): never {
  throw broken;
}

function print(service: AccountName, line: string): void {
  process.stdout.write(`[${service}] ${line}\n`);
}
