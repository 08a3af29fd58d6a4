import { virtualMachines, type GenesisService } from "@kith/protocol/entry-points";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition, ServiceModule } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";

import type { CodeFault, CodeReference, DescribedCode } from "./code.ts";

/** Runs services that are part of this program, for tests: no sandbox, nothing is metered. */
export type InProcessMachine = {
  load(code: CodeReference): ServiceModule | undefined;
  describe(vm: number, code: Uint8Array): Result<DescribedCode, CodeFault>;
  /** What genesis installs; in place of code each has its definition. */
  installed(): readonly GenesisService[];
};

export function inProcessMachine(modules: readonly ServiceModule[]): InProcessMachine {
  const byHash = new Map<Checksum, ServiceModule>();
  const services = new Map<AccountName, GenesisService>();
  for (const module of modules) {
    const code = standInFor(module.definition);
    byHash.set(sha256Hex(code), module);
    const account = module.definition.name;
    services.set(account, { account, vm: virtualMachines.program, code });
  }
  return {
    load: ({ codeHash }) => byHash.get(codeHash),
    describe: (_, code) => {
      const module = byHash.get(sha256Hex(code));
      return module === undefined
        ? err({ code: "vm-unknown", message: "this program has no service like it", fuel: 0 })
        : ok({ definition: module.definition, fuel: 0 });
    },
    installed: () => [...services.values()],
  };
}

/** What stands in the state for a service of this program: another definition is other code. */
export function standInFor({ name, tables, events, schema }: ServiceDefinition): Uint8Array {
  return packText(JSON.stringify(["kith:in-process", name, tables, events ?? [], schema]));
}
