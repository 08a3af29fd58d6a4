import { methodNameConstant } from "@kith/protocol/names";
import { ServiceAbort, type ActionHost, type ServiceModule } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { actionName } from "./guest-program.ts";

const action = methodNameConstant(actionName);

/** How a program ended, as far as the network sees it. */
export type End = { readonly code: string; readonly text: string };

/** Calls a program. Anything that it throws but an abort is a defect of the machine, and thrown on. */
export function endOf(service: ServiceModule, host: ActionHost): End {
  try {
    const output = service.action(action, new Uint8Array(), host);
    return { code: "done", text: unpackText(output) ?? "no UTF-8" };
  } catch (thrown) {
    if (thrown instanceof ServiceAbort) return { code: thrown.code, text: thrown.message };
    throw thrown;
  }
}
