import type { AccountName, MethodName } from "@kith/protocol/ids";
import { methodNameConstant, accountNameConstant } from "@kith/protocol/names";
import { CallSession, ServiceAbort, type Meter } from "@kith/protocol/service-abi";
import type { CallContext } from "@kith/sdk/plugin-host";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";

import type { Gathered } from "./effects.ts";
import { hasHostFunction, isHost, mayUse } from "./host-functions.ts";
import type { Ask, Journal } from "./journal.ts";
import { callDepthMax, callFuelMax, callStackBytes } from "./limits.ts";
import { callLocal } from "./local-functions.ts";
import { PluginHost } from "./plugin-host.ts";
import type { LoadedPlugin } from "./plugin-machine.ts";

/** One call of one plugin by an app or another plugin. */
export type PluginCall = {
  readonly caller: AccountName;
  readonly callee: AccountName;
  readonly method: MethodName;
  readonly args: Uint8Array;
};

/** What all of an attempt's calls see alike. */
export type Surroundings = {
  readonly about: CallContext;
  readonly plugins: ReadonlyMap<AccountName, LoadedPlugin>;
  readonly journal: Journal;
};

/** In whose name the supervisor itself calls plugins. */
const supervisor: AccountName = accountNameConstant("supervisor");
const permissions = permissionsPlugin.name;
const authorize = methodNameConstant("authorize");

/** A call from the top, tried once: to its end, or to the first question that has no answer yet. */
export class Attempt {
  readonly meter: Meter = { fuel: callFuelMax, stackBytes: callStackBytes };
  readonly session = new CallSession();
  readonly gathered: Gathered = { actions: [], claims: [], effects: [] };
  readonly about: CallContext;
  readonly #plugins: ReadonlyMap<AccountName, LoadedPlugin>;
  readonly #journal: Journal;
  readonly #authorized = new Set<string>();

  constructor({ about, plugins, journal }: Surroundings) {
    this.about = about;
    this.#plugins = plugins;
    this.#journal = journal;
  }

  /** Throws `ServiceAbort` with the callee's code, or `Suspended`. */
  call(call: PluginCall, depth: number): Uint8Array {
    const { caller, callee, method, args } = call;
    if (depth >= callDepthMax) {
      throw new ServiceAbort(
        "calls-too-deep",
        `at most ${callDepthMax} plugins wait for each other`,
      );
    }
    const plugin = this.#plugins.get(callee);
    if (plugin === undefined) {
      throw new ServiceAbort("plugin-unknown", `${callee} has no plugin`);
    }
    const exported = plugin.manifest.exports.get(method);
    if (exported === undefined) {
      throw new ServiceAbort("function-unknown", `the plugin of ${callee} has no ${method}`);
    }
    if (caller !== callee && caller !== supervisor && exported.trust !== "none") {
      this.#authorize(call, plugin, depth);
    }
    return plugin.call({ method, args, host: new PluginHost(this, call, depth) });
  }

  /** A call that a plugin makes: of another one that it imports, or of the supervisor's own functions. */
  callFrom(plugin: AccountName, wanted: Omit<PluginCall, "caller">, depth: number): Uint8Array {
    const { callee, method, args } = wanted;
    if (isHost(callee)) return this.#callHost(plugin, wanted);
    const imports = this.#plugins.get(plugin)?.manifest.imports;
    if (imports?.has(callee) !== true) {
      throw new ServiceAbort("not-imported", `the plugin of ${plugin} does not declare ${callee}`);
    }
    return this.call({ caller: plugin, callee, method, args }, depth + 1);
  }

  #callHost(
    plugin: AccountName,
    { callee: host, method, args }: Omit<PluginCall, "caller">,
  ): Uint8Array {
    if (!mayUse(plugin, host)) {
      throw new ServiceAbort("not-granted", `the plugin of ${plugin} may not use ${host}`);
    }
    if (!hasHostFunction(host, method)) {
      throw new ServiceAbort("function-unknown", `${host} has no ${method}`);
    }
    return callLocal(this, { host, method, args }) ?? this.answer({ host, method, args });
  }

  /** Of the world outside; throws `Suspended` when it is not here yet. */
  answer(ask: Ask): Uint8Array {
    return this.#journal.answer(ask);
  }

  /** Asks the user, or what the user has said before, through the plugin that keeps that. */
  #authorize({ caller, callee, method }: PluginCall, plugin: LoadedPlugin, depth: number): void {
    const exported = plugin.manifest.exports.get(method);
    if (exported === undefined || this.#authorized.has(`${caller} ${callee} ${exported.trust}`))
      return;
    const { name: called, trust: level, doc } = exported;
    if (level === "max") {
      const message = `${called} of ${callee} is for ${callee} alone, not for ${caller}`;
      throw new ServiceAbort("permission-denied", message);
    }
    const wanted = { caller, callee, called, level, ...(doc === undefined ? {} : { doc }) };
    const args = permissionsPlugin.functions.authorize.args.pack(wanted);
    this.call({ caller: supervisor, callee: permissions, method: authorize, args }, depth + 1);
    this.#authorized.add(`${caller} ${callee} ${level}`);
  }
}
