import type { ServiceDefinition, ServiceModule } from "@kith/protocol/service-abi";

import { declaredActions, type DeclaredAction } from "./declared-actions.ts";
import { refusal, translate, type Execution, type ServiceCall } from "./execution.ts";
import { callDepthMax } from "./limits.ts";
import { loadModule } from "./load-module.ts";
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
  const action = checkArguments(execution, call, module.definition);
  const result = runAction(execution, call, module);
  const wrong = action.whyNotResult(result);
  if (wrong === undefined) return result;
  throw refusal(
    execution,
    "result-malformed",
    `${call.service} gave a result of ${call.method} that is not what it declares: ${wrong.code}`,
  );
}

/** Before anything of the service runs: whether it has such an action, and whether the arguments are what it takes. */
function checkArguments(
  execution: Execution,
  { service, method, args }: ServiceCall,
  definition: ServiceDefinition,
): DeclaredAction {
  const declared = declaredActions(definition);
  if (!declared.ok) throw refusal(execution, declared.error.code, declared.error.message);
  const action = declared.value.get(method);
  if (action === undefined) {
    throw refusal(execution, "method-unknown", `${service} has no action ${method}`);
  }
  const wrong = action.whyNotArguments(args);
  if (wrong === undefined) return action;
  const { code, offset } = wrong;
  const message = `the arguments are not what ${service} declares for ${method}: ${code} at byte ${offset}`;
  throw refusal(execution, "arguments-malformed", message);
}

function runAction(execution: Execution, call: ServiceCall, module: ServiceModule): Uint8Array {
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    return module.action(call.method, call.args, host);
  } catch (thrown) {
    throw translate(execution, call, thrown);
  }
}
