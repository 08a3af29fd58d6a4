import type { ActionHost, ServiceModule } from "@kith/protocol/service-abi";
import { openMachine, type Machine } from "@kith/sandbox/machine";

/** Where an engine could go wrong. */
export type Plant = "result" | "row" | "failure" | "event";

/** For tests: an engine that is wrong about one action of one service, and right about everything else. */
export function plantedMachine(plant: Plant, wrong: { service: string; method: string }): Machine {
  const machine = openMachine();
  return {
    ...machine,
    load: (code) => {
      const module = machine.load(code);
      if (module === undefined || code.service !== wrong.service) return module;
      return { ...module, action: wrongAction(module, plant, wrong.method) };
    },
  };
}

function wrongAction(module: ServiceModule, plant: Plant, wrong: string): ServiceModule["action"] {
  return (method, args, host) => {
    if (method !== wrong) return module.action(method, args, host);
    if (plant === "failure") throw new Error("an engine that gives up");
    const result = module.action(method, args, wrongHost(host, plant));
    return plant === "result" ? changed(result) : result;
  };
}

function wrongHost(host: ActionHost, plant: Plant): ActionHost {
  return new Proxy(host, {
    get: (target, name) => {
      if (plant === "row" && name === "put") {
        return (table: number, row: Uint8Array) => target.put(table, changed(row));
      }
      if (plant === "event" && name === "emit") return () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The same with another last byte: as long as before, and of the same type where that is a number. */
function changed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
}
