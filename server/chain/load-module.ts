import type { AccountName } from "@kith/protocol/ids";
import type { ServiceModule } from "@kith/protocol/service-abi";

import { BrokenInvariant } from "./errors.ts";
import type { Execution } from "./execution.ts";
import { installedCode } from "./installed-code.ts";
import { definitionCharFuel } from "./limits.ts";
import type { CodeReference } from "./ports.ts";

/** The code on an account; undefined when there is none. A node that lacks installed code cannot go on. */
export function loadModule(execution: Execution, service: AccountName): ServiceModule | undefined {
  const code = installedCode(execution.rows, service);
  if (code === undefined) return undefined;
  const module = execution.machine.load(code);
  if (module !== undefined) {
    payForDefinition(execution, code, module);
    return module;
  }
  execution.broken = new BrokenInvariant(
    `this node cannot run the code ${code.codeHash} that is installed on ${service}; install the same release as the other nodes`,
  );
  throw execution.broken;
}

/** Whether this node still has it in memory or not, and whatever the call comes to. */
function payForDefinition(
  execution: Execution,
  { service, codeHash }: CodeReference,
  { definition }: ServiceModule,
): void {
  execution.session.hold(`definition ${service} ${codeHash}`, () => {
    execution.meter.fuel -= definitionCharFuel * definition.schema.length;
    return paid;
  });
}

const paid = { close: (): void => undefined };
