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
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    return module.action(call.method, call.args, host);
  } catch (thrown) {
    throw translate(execution, call, thrown);
  }
}
