import type { AccountName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";

import type { ServiceInterface, Signature } from "./signature.ts";

/** One action of a declared service, in the name of `sender`. */
export function packAction<Methods, Name extends keyof Methods & string>(
  sender: AccountName,
  target: ServiceInterface<Methods>,
  method: Name,
  args: Methods[Name] extends Signature<infer Args, unknown> ? Args : never,
): Action;
export function packAction(
  sender: AccountName,
  target: ServiceInterface<Readonly<Record<string, Signature<unknown, unknown>>>>,
  method: string,
  args: unknown,
): Action {
  const declared = target.actions[method];
  if (declared === undefined) throw new TypeError(`${target.name} has no action ${method}`);
  const rawData = declared.args.pack(args);
  return { sender, service: target.name, method: methodNameConstant(method), rawData };
}
