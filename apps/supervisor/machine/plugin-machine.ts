import type { AccountName, Checksum, MethodName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { MachineFault, ServiceAbort, type ActionHost } from "@kith/protocol/service-abi";
import { CodeMissing, type Engine } from "@kith/sandbox/engine";
import { makeImage } from "@kith/sandbox/image";
import { InstancePool } from "@kith/sandbox/instance-pool";
import {
  JavascriptService,
  startable,
  type StartableService,
} from "@kith/sandbox/javascript-service";
import { startedState } from "@kith/sandbox/started-engine";
import type { CallContext } from "@kith/sdk/plugin-host";

import { Attempt, type PluginCall } from "./attempt.ts";
import type { Gathered } from "./effects.ts";
import { Journal, Suspended, type Ask, type AskAnswer } from "./journal.ts";
import { pluginSourceBytesMax } from "./limits.ts";
import { parseManifest, type Manifest } from "./manifest.ts";

/** A plugin as it comes from its account's site. */
export type PluginCode = {
  readonly account: AccountName;
  /** Of the source. */
  readonly hash: Checksum;
  readonly source: Uint8Array;
  /** Text of its `plugin.json`. */
  readonly manifest: string;
};

type Invocation = {
  readonly method: MethodName;
  readonly args: Uint8Array;
  readonly host: ActionHost;
};

/** A plugin that can be called; each attempt of a call has a fresh machine of it. */
export type LoadedPlugin = {
  readonly hash: Checksum;
  readonly manifest: Manifest;
  readonly call: (invocation: Invocation) => Uint8Array;
};

/** A call from the top: of a page, or of the supervisor itself. */
export type TopCall = PluginCall & { readonly about: CallContext };

export type CallFailure = { readonly code: string; readonly message: string };

/** How a call ended. What it gathered counts when it is done. */
export type Called = Gathered & { readonly result: Result<Uint8Array, CallFailure> };

export type LoadError =
  | { readonly code: "plugin-too-long"; readonly sizeBytes: number; readonly sizeBytesMax: number }
  | { readonly code: "plugin-malformed"; readonly message: string };

type MachinePort = {
  readonly onLog: (plugin: AccountName, line: string) => void;
  /** The whole engine, when the one at hand has not got all that a call needs; undefined when it cannot be had. */
  readonly widen: () => Promise<Engine | undefined>;
};

/** What runs plugins at the moment: nothing that was made on one engine is right for another. */
type Running = {
  readonly engine: Engine;
  readonly pool: InstancePool;
  /** Of plugins, by the hashes of their sources. */
  readonly services: Map<Checksum, StartableService>;
};

/** Runs plugins, each in machines of its own. */
export class PluginMachine {
  readonly #port: MachinePort;
  readonly #plugins = new Map<AccountName, LoadedPlugin>();
  #running: Running;
  #widening: Promise<boolean> | undefined;

  constructor(engine: Engine, port: MachinePort) {
    this.#port = port;
    this.#running = runningOn(engine);
  }

  /** Starts the engine while nobody waits for it. */
  warmUp(): void {
    try {
      startedState(this.#running.engine);
    } catch {
      // Whoever calls first hears of it.
    }
  }

  /** From now on calls of this account's plugin are calls of this code. */
  load({ account, hash, source, manifest }: PluginCode): Result<void, LoadError> {
    if (this.#plugins.get(account)?.hash === hash) return ok(undefined);
    if (source.length > pluginSourceBytesMax) {
      const sizeBytesMax = pluginSourceBytesMax;
      return err({ code: "plugin-too-long", sizeBytes: source.length, sizeBytesMax });
    }
    const declared = parseManifest(manifest);
    if (!declared.ok) return err({ code: "plugin-malformed", message: declared.error.message });
    if (declared.value.name !== account) {
      const message = `${account} has the plugin of ${declared.value.name}`;
      return err({ code: "plugin-malformed", message });
    }
    const call = ({ method, args, host }: Invocation): Uint8Array => {
      const { pool } = this.#running;
      const started = this.#started({ account, hash, source });
      return host.session
        .hold(account, () => new JavascriptService(started, pool, this.#port.onLog))
        .action(method, args, host);
    };
    this.#plugins.set(account, { hash, manifest: declared.value, call });
    return ok(undefined);
  }

  /** Most plugins of a page are imported by others and never called. */
  #started(plugin: Omit<PluginCode, "manifest">): StartableService {
    const { services } = this.#running;
    const known = services.get(plugin.hash);
    if (known !== undefined) return known;
    const made = this.#start(plugin);
    services.set(plugin.hash, made);
    return made;
  }

  /** Runs the source once, for the image that all its machines start from; throws `ServiceAbort`. */
  #start({ account, source }: Omit<PluginCode, "manifest">): StartableService {
    const image = makeImage(this.#running.engine, source);
    if (image.ok) return startable(image.value);
    const why = "message" in image.error ? image.error.message : image.error.code;
    throw new ServiceAbort("plugin-malformed", `the plugin of ${account} does not start: ${why}`);
  }

  /** Tries the call as often as it takes to have all answers that it asks for. */
  async run(
    { about, ...call }: TopCall,
    answer: (ask: Ask) => Promise<AskAnswer>,
  ): Promise<Called> {
    const journal = new Journal();
    // What is loaded meanwhile is for later calls: all attempts of this one run the same code.
    const plugins = new Map(this.#plugins);
    for (;;) {
      journal.rewind();
      const attempt = new Attempt({ about, plugins, journal });
      const tried = tryCall(attempt, call);
      attempt.session.close();
      if (tried instanceof Suspended) journal.add(tried.ask, await answer(tried.ask));
      else if (!(tried instanceof CodeMissing)) return { ...attempt.gathered, result: tried };
      else if (!(await this.#widen())) return engineMissing;
    }
  }

  /** Once for all calls that are under way. */
  #widen(): Promise<boolean> {
    this.#widening ??= this.#port.widen().then((wider) => {
      this.#widening = undefined;
      if (wider !== undefined) this.#running = runningOn(wider);
      return wider !== undefined;
    });
    return this.#widening;
  }
}

/** It did nothing yet that counts. */
const engineMissing: Called = {
  actions: [],
  claims: [],
  effects: [],
  result: err({
    code: "engine-missing",
    message: "this takes a part of the plugins' engine that cannot be loaded now",
  }),
};

function runningOn(engine: Engine): Running {
  return { engine, pool: new InstancePool(engine), services: new Map() };
}

/** What ends an attempt that has to be made again. */
type Unfinished = Suspended | CodeMissing;

function tryCall(attempt: Attempt, call: PluginCall): Result<Uint8Array, CallFailure> | Unfinished {
  try {
    return ok(attempt.call(call, 0));
  } catch (thrown) {
    if (thrown instanceof Suspended || thrown instanceof CodeMissing) return thrown;
    if (thrown instanceof ServiceAbort) return err(failureOf(thrown));
    if (thrown instanceof MachineFault)
      return err({ code: "plugin-trapped", message: thrown.message });
    throw thrown;
  }
}

/** The machine's own words for a guest that failed are about services. */
function failureOf({ code, message }: ServiceAbort): CallFailure {
  return { code: code.replace(/^service-(failed|trapped)$/, "plugin-$1"), message };
}
