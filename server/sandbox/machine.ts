import { virtualMachines } from "@kith/protocol/entry-points";
import { sha256Hex } from "@kith/protocol/hashes";
import { err, type Result } from "@kith/protocol/result";
import type { ServiceModule } from "@kith/protocol/service-abi";

import type { CodeFault, CodeReference, DescribedCode } from "./code.ts";
import { openEngine } from "./engine/engine-module.ts";
import { fuelSchedule, packSchedule } from "./fuel-schedule.ts";
import type { OnLog } from "./guest/guest-session.ts";
import { JavascriptMachine } from "./javascript/javascript-machine.ts";
import { requirePinned } from "./pinned.ts";
import type { PreparedStore } from "./prepared-code.ts";
import { WasmMachine } from "./webassembly/wasm-machine.ts";

/** Runs services of every kind; what `chain` asks of a machine. */
export type Machine = {
  load(code: CodeReference): ServiceModule | undefined;
  describe(vm: number, code: Uint8Array): Result<DescribedCode, CodeFault>;
};

export type MachineOptions = {
  /** Hears the lines that services write to their console. They are for developers and no part of any result. */
  readonly onLog?: OnLog;
  /** Where it keeps what it has made of code; without one, what memory does not hold is made again. */
  readonly store?: PreparedStore;
};

/**
 * `program` runs services that are part of this program, where there are any; a node has none, and needs the engine at
 * once. Throws when this program's engine or fuel schedule are not those of the protocol.
 */
export function openMachine(program?: Machine, { onLog, store }: MachineOptions = {}): Machine {
  requirePinned("fuelSchedule", packSchedule(fuelSchedule));
  if (program === undefined) openEngine(store);
  const javascript = new JavascriptMachine(onLog, store);
  const webAssembly = new WasmMachine(onLog, store);
  return {
    load: (code) => {
      if (code.vm === virtualMachines.javaScript) return javascript.load(code);
      if (code.vm === virtualMachines.webAssembly) return webAssembly.load(code);
      return code.vm === virtualMachines.program ? program?.load(code) : undefined;
    },
    describe: (vm, code) => {
      if (vm === virtualMachines.javaScript) return javascript.describe(sha256Hex(code), code);
      if (vm === virtualMachines.webAssembly) return webAssembly.describe(sha256Hex(code), code);
      if (vm === virtualMachines.program && program !== undefined)
        return program.describe(vm, code);
      return err({ code: "vm-unknown", message: `there is no machine ${vm}`, fuel: 0 });
    },
  };
}
