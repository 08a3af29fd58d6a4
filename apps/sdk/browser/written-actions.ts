import { compileMethods } from "../compiled-methods.ts";
import type { WriteState } from "../connect/page-messages.ts";
import type { AnyMethod, ArgsOf, ServiceInterface, Signature } from "../signature.ts";

/** An action by its name, with its arguments. */
export type WrittenAction<Methods> = {
  readonly [Name in keyof Methods]: { readonly name: Name; readonly args: ArgsOf<Methods[Name]> };
}[keyof Methods];

/** What a write of this app does to its own service; an action that the interface does not have, or no more, is left out. */
export function writtenActions<Methods extends Readonly<Record<string, AnyMethod>>>(
  write: Pick<WriteState, "calls">,
  service: ServiceInterface<Methods>,
): readonly WrittenAction<Methods>[];
export function writtenActions(
  { calls }: Pick<WriteState, "calls">,
  { actions }: ServiceInterface<Readonly<Record<string, Signature<unknown, unknown>>>>,
): readonly { readonly name: string; readonly args: unknown }[] {
  const names = new Map([...compileMethods(actions)].map(([name, method]) => [method, name]));
  return calls.flatMap(({ method, rawData }) => {
    const name = names.get(method);
    const args = name === undefined ? undefined : actions[name]?.args.unpack(rawData);
    return name !== undefined && args?.ok === true ? [{ name, args: args.value }] : [];
  });
}
