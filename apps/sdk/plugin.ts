import { object, type Fields, type ObjectValue } from "@kith/protocol/fracpack";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import {
  ServiceAbort,
  type ActionHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";

import { argumentsMessage } from "./arguments-message.ts";
import { callsOf } from "./calls.ts";
import { compileMethods } from "./compiled-methods.ts";
import type { Described } from "./described.ts";
import { contextHost, type CallContext } from "./plugin-host.ts";
import type { AnyPlugin, PluginInterface } from "./plugin-interface.ts";
import type { AnyMethod, Callable, ResultCodec, Signature } from "./signature.ts";
import type { TrustLevel } from "./trust.ts";

/** A function that a plugin exports, with what carries it out. */
export type PluginFunction<Args, Result> = Signature<Args, Result> & Exported;

type Exported = Described & {
  readonly trust: TrustLevel;
  readonly run: (host: ActionHost, args: Uint8Array) => Uint8Array;
};

/** What a plugin's function sees while it runs. */
export class PluginContext {
  private readonly host: ActionHost;
  private known: CallContext | undefined;

  constructor(host: ActionHost) {
    this.host = host;
  }

  /** The account that this plugin belongs to. */
  get self(): AccountName {
    return this.host.self;
  }

  /** Who called: the app whose page did, or the plugin that did. No caller can say that it is another. */
  get caller(): AccountName {
    return this.host.sender;
  }

  /** The app whose page made the call at the top. */
  get app(): AccountName {
    return this.about.app;
  }

  /** Who is signed in to that app; aborts with `signed-out` when nobody is. */
  get user(): AccountName {
    const { user } = this.about;
    if (user === undefined) throw new ServiceAbort("signed-out", "nobody is signed in to this app");
    return user;
  }

  /** All of it, for a plugin that works without a user as well. */
  get about(): CallContext {
    this.known ??= this.call(contextHost).get({});
    return this.known;
  }

  /** The functions of another plugin, which has to be among the imports. A call waits for its result. */
  call<Functions extends Readonly<Record<string, AnyMethod>>>(
    target: PluginInterface<Functions>,
  ): Callable<Functions>;
  call(target: AnyPlugin): object {
    return callsOf(target.functions, { host: this.host, target: target.name });
  }

  sha256(data: Uint8Array): Uint8Array {
    return this.host.sha256(data);
  }
}

/** Declares a function that a plugin exports; `trust` says of whom the user is asked before they may call it. */
export function pluginFunction<F extends Fields, Result>(
  args: F,
  result: ResultCodec<Result>,
  trust: TrustLevel,
  run: (context: PluginContext, args: ObjectValue<F>) => Result,
): PluginFunction<ObjectValue<F>, Result> {
  return implementFunction({ args: object(args), result }, trust, run);
}

/** Carries out a function whose signature is declared somewhere else. */
export function implementFunction<Args, Result>(
  declared: Signature<Args, Result>,
  trust: TrustLevel,
  run: (context: PluginContext, args: Args) => Result,
): PluginFunction<Args, Result> {
  return {
    ...declared,
    trust,
    run: (host, packed) => {
      const args = declared.args.unpack(packed);
      if (!args.ok) throw new ServiceAbort("arguments-malformed", argumentsMessage(args.error));
      return declared.result.pack(run(new PluginContext(host), args.value));
    },
  };
}

/** What a plugin says of itself beside its schema. */
export type PluginDefinition = ServiceDefinition & {
  readonly imports: readonly AccountName[];
  readonly trust: Readonly<Record<string, TrustLevel>>;
};

export type PluginParts<Functions> = {
  /** Whom it may call. Others it cannot reach. */
  readonly imports?: readonly AnyPlugin[];
  readonly exports: Functions;
  /** What it is for, for people. */
  readonly doc?: string;
};

export type Plugin<Functions> = PluginInterface<Functions> & {
  readonly module: ServiceModule & { readonly definition: PluginDefinition };
};

/**
 * A plugin: the functions that run in the browsers of an app's users, in a machine without network, page or storage.
 *
 *     export const board = plugin("board", { imports: [transact], exports: { post } });
 */
export function plugin<const Functions extends Readonly<Record<string, AnyMethod & Exported>>>(
  name: string,
  parts: PluginParts<Functions>,
): Plugin<Functions>;
export function plugin(name: string, parts: AnyParts): Plugin<object> {
  const account = accountNameConstant(name);
  const { exports } = parts;
  compileMethods(exports);
  for (const { args, result } of Object.values(exports)) {
    args.prepare?.();
    result.prepare?.();
  }
  const module = {
    definition: definitionOf(account, parts),
    // The machine says a name as the definition has it.
    action: (method: MethodName, args: Uint8Array, host: ActionHost): Uint8Array => {
      const exported = Object.hasOwn(exports, method) ? exports[method] : undefined;
      if (exported !== undefined) return exported.run(host, args);
      throw new ServiceAbort("function-unknown", `the plugin of ${name} has no ${method}`);
    },
  };
  return { name: account, functions: exports, module };
}

type AnyParts = PluginParts<Readonly<Record<string, AnyMethod & Exported>>>;

/** As a service without tables has it: machines know the functions by their places in it. */
function definitionOf(
  name: AccountName,
  { imports = [], exports, doc }: AnyParts,
): PluginDefinition {
  const actions: Record<string, object> = {};
  const docs: Record<string, string> = {};
  const trust: Record<string, TrustLevel> = {};
  for (const [called, exported] of Object.entries(exports)) {
    const { args, result } = exported;
    actions[called] = { params: args.schema, result: result.schema ?? null };
    trust[called] = exported.trust;
    if (exported.doc !== undefined) docs[called] = exported.doc;
  }
  const words = { ...(doc === undefined ? {} : { service: doc }), actions: docs };
  const described = { docs: { ...words, queries: {}, tables: {}, events: {} } };
  const schema = { service: name, types: {}, actions, history: {}, merkle: {}, ...described };
  return {
    name,
    tables: [],
    schema: JSON.stringify(schema),
    imports: imports.map((each) => each.name),
    trust,
  };
}
