import type { AccountName } from "@kith/protocol/ids";
import type { ServiceModule } from "@kith/protocol/service-abi";

import { BrokenInvariant } from "./errors.ts";
import { refusal, translate, type Execution, type ServiceCall } from "./execution.ts";
import { installedCode } from "./installed-code.ts";
import { callDepthMax } from "./limits.ts";
import { ServiceHost } from "./service-host.ts";

/** Runs one action of a service, or throws ServiceAbort. */
export function callService(execution: Execution, call: ServiceCall): Uint8Array {
  if (call.depth > callDepthMax) {
    throw refusal(
      execution,
      "call-too-deep",
      `services call each other more than ${callDepthMax} deep`,
    );
  }
  const module = loadModule(execution, call.service);
  if (module === undefined) {
    throw refusal(execution, "service-unknown", `no service is installed on ${call.service}`);
  }
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    return module.action(call.method, call.args, host);
  } catch (thrown) {
    throw translate(execution, call, thrown);
  }
}

/** The code on an account; undefined when there is none. A node that lacks installed code cannot go on. */
export function loadModule(execution: Execution, service: AccountName): ServiceModule | undefined {
  const codeHash = installedCode(execution.rows, service);
  if (codeHash === undefined) return undefined;
  const module = execution.machine.load(service, codeHash);
  if (module !== undefined) return module;
  execution.broken = new BrokenInvariant(
    `this node does not have the code ${codeHash} that is installed on ${service}; install the same release as the other nodes`,
  );
  throw execution.broken;
}
