import type { AccountName, BlockNum, MethodName, TransactionId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import { compileMethods } from "../compiled-methods.ts";
import type { AnyPlugin, PluginInterface } from "../plugin-interface.ts";
import type { AnyMethod, ArgsOf, ResultOf } from "../signature.ts";
import type { CallError, SupervisorLink } from "./supervisor-link.ts";

/** What a plugin's function gave, and what became of the transaction that it made, if it made one. */
type Called<Value> = {
  readonly value: Value;
  readonly transactionId?: TransactionId;
  /** Where it became final. */
  readonly blockNum?: BlockNum;
  /** It is signed and kept until there is a network. */
  readonly isQueued: boolean;
};

/** A plugin's functions, as a page calls them. */
export type PluginClient<Functions> = {
  readonly [Name in keyof Functions]: (
    args: ArgsOf<Functions[Name]>,
  ) => Promise<Result<Called<ResultOf<Functions[Name]>>, CallError>>;
};

export function pluginClient<Functions extends Readonly<Record<string, AnyMethod>>>(
  link: SupervisorLink,
  target: PluginInterface<Functions>,
): PluginClient<Functions>;
export function pluginClient(link: SupervisorLink, { name, functions }: AnyPlugin): object {
  const made = [...compileMethods(functions)].map(([called, method]) => {
    const declared = functions[called];
    return [
      called,
      (args: never) => callPlugin(link, { plugin: name, method, declared }, args),
    ] as const;
  });
  return Object.fromEntries(made);
}

type Target = {
  readonly plugin: AccountName;
  readonly method: MethodName;
  readonly declared: AnyMethod | undefined;
};

async function callPlugin(
  link: SupervisorLink,
  { plugin, method, declared }: Target,
  args: never,
): Promise<Result<Called<unknown>, CallError>> {
  if (declared === undefined) throw new TypeError(`${plugin} has no ${method}`);
  const called = await link.call(plugin, method, declared.args.pack(args));
  if (!called.ok) return called;
  const { value, receipt, queued } = called.value;
  const read = declared.result.unpack(value);
  if (!read.ok) {
    const message = `the plugin of ${plugin} gave something else than it declares`;
    return err({ code: "result-malformed", message });
  }
  const transactionId = receipt?.transactionId ?? queued;
  return ok({
    value: read.value,
    isQueued: queued !== undefined,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(receipt === undefined ? {} : { blockNum: receipt.blockNum }),
  });
}
