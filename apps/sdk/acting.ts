import type { AccountName } from "@kith/protocol/ids";

import { abort } from "./abort.ts";
import { compileMethods } from "./compiled-methods.ts";
import type { PluginContext } from "./plugin.ts";
import { transactPlugin, type OwnAction } from "./plugins/transact.ts";
import type { ArgsOf, ServiceInterface, Signature } from "./signature.ts";

/** A service's actions as functions that add them to the transaction; there are no results before it is final. */
export type Acting<Methods> = {
  readonly [Name in keyof Methods]: (args: ArgsOf<Methods[Name]>) => void;
};

type AnyService = ServiceInterface<Readonly<Record<string, Signature<unknown, unknown>>>>;

/**
 * For plugins, which have to import `transactPlugin`: actions of their own service, in the user's name.
 *
 *     acting(context, board).reply({ thread, text });
 */
export function acting<Methods>(
  context: PluginContext,
  target: ServiceInterface<Methods>,
): Acting<Methods>;
export function acting(context: PluginContext, target: AnyService): object {
  return adding(context, target, (action) => context.call(transactPlugin).addAction(action));
}

/** The same in the name of an account that is not signed in: for plugins that prove it themselves. */
export function actingAs<Methods>(
  context: PluginContext,
  target: ServiceInterface<Methods>,
  sender: AccountName,
): Acting<Methods>;
export function actingAs(context: PluginContext, target: AnyService, sender: AccountName): object {
  return adding(context, target, (action) =>
    context.call(transactPlugin).addActionAs({ ...action, sender }),
  );
}

function adding(
  context: PluginContext,
  target: AnyService,
  add: (action: OwnAction) => void,
): object {
  if (target.name !== context.self) {
    abort(
      "not-own-service",
      `${context.self} adds actions of its own service, not of ${target.name}`,
    );
  }
  const functions: Record<string, (args: unknown) => void> = {};
  for (const [name, method] of compileMethods(target.actions)) {
    functions[name] = (args) => {
      const rawData = target.actions[name]?.args.pack(args);
      if (rawData !== undefined) add({ method, rawData });
    };
  }
  return functions;
}
