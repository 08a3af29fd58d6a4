import type { AccountName, Checksum, MethodName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { MachineFault, ServiceAbort, type ActionHost } from "@kith/protocol/service-abi";
import type { Engine } from "@kith/sandbox/engine";
import { makeImage } from "@kith/sandbox/image";
import { InstancePool } from "@kith/sandbox/instance-pool";
import {
  JavascriptService,
  startable,
  type StartableService,
} from "@kith/sandbox/javascript-service";
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

/** How a call ended. What it gathered counts in full when it is done, else only what counts always. */
export type Called = Gathered & { readonly result: Result<Uint8Array, CallFailure> };

export type LoadError =
  | { readonly code: "plugin-too-long"; readonly sizeBytes: number; readonly sizeBytesMax: number }
  | { readonly code: "plugin-malformed"; readonly message: string };

/** Runs plugins, each in machines of its own. */
export class PluginMachine {
  readonly #engine: Engine;
  readonly #pool: InstancePool;
  readonly #plugins = new Map<AccountName, LoadedPlugin>();
  readonly #onLog: (plugin: AccountName, line: string) => void;

  constructor(engine: Engine, onLog: (plugin: AccountName, line: string) => void) {
    this.#engine = engine;
    this.#pool = new InstancePool(engine);
    this.#onLog = onLog;
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
    // Most plugins of a page are imported by others and never called.
    let service: StartableService | undefined;
    const call = ({ method, args, host }: Invocation): Uint8Array => {
      const started = (service ??= this.#start(account, source));
      return host.session
        .hold(account, () => new JavascriptService(started, this.#pool, this.#onLog))
        .action(method, args, host);
    };
    this.#plugins.set(account, { hash, manifest: declared.value, call });
    return ok(undefined);
  }

  /** Runs the source once, for the image that all its machines start from; throws `ServiceAbort`. */
  #start(account: AccountName, source: Uint8Array): StartableService {
    const image = makeImage(this.#engine, source);
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
      if (!(tried instanceof Suspended)) return { ...attempt.gathered, result: tried };
      journal.add(tried.ask, await answer(tried.ask));
    }
  }
}

function tryCall(attempt: Attempt, call: PluginCall): Result<Uint8Array, CallFailure> | Suspended {
  try {
    return ok(attempt.call(call, 0));
  } catch (thrown) {
    if (thrown instanceof Suspended) return thrown;
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
