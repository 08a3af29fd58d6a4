import type { AccountName, TransactionId } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type {
  ActMessage,
  CallMessage,
  FrameMessage,
  WriteMessage,
} from "@kith/sdk/connect/page-messages";
import type { CallContext } from "@kith/sdk/plugin-host";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";

import type { Effect, Gathered } from "../machine/effects.ts";
import type { Called, TopCall } from "../machine/plugin-machine.ts";
import type { EffectRow } from "./database.ts";
import { Failure, factsOf } from "./failure.ts";
import { answerAsk, type HostAnswers } from "./host-answers.ts";
import type { Outcome } from "./outcome.ts";
import type { PluginShelf } from "./plugin-shelf.ts";
import type { PluginWorker } from "./plugin-worker.ts";
import type { ReferenceBlock } from "./reference.ts";
import { signGathered, type CallPlugin } from "./transactions.ts";
import { actionsOf } from "./write-state.ts";
import type { SignedWrite, Writes } from "./writes.ts";

const supervisor = accountNameConstant("supervisor");

export type CallsPort = {
  readonly shelf: PluginShelf;
  readonly worker: PluginWorker;
  readonly writes: Writes;
  readonly reference: ReferenceBlock;
  readonly answers: HostAnswers;
  readonly authServiceOf: (account: AccountName) => Promise<AccountName>;
  readonly keyOf: (account: AccountName) => Promise<Uint8Array>;
  readonly nextExpiration: () => Promise<number>;
  readonly apply: (effects: readonly EffectRow[], app: AccountName) => Promise<void>;
  /** Undoes what a call has made that now fails. */
  readonly discard: (effects: readonly EffectRow[]) => Promise<void>;
};

/** What pages of one app have done: each call is at most one transaction. */
export class AppCalls {
  readonly #port: CallsPort;

  constructor(port: CallsPort) {
    this.#port = port;
  }

  /** A page calls a plugin. The answer says what became of it. */
  async call({ id, plugin, method, args }: CallMessage, about: CallContext): Promise<FrameMessage> {
    const { shelf } = this.#port;
    try {
      const call = { caller: about.app, callee: plugin, method, args, about };
      const called = await this.#run(call, () => shelf.checkUnchanged(plugin, method));
      const value = await this.#valueOf(called);
      const finished = await this.#finish(id, { value, gathered: called, about });
      if ("failed" in finished) shelf.doubt();
      return finished;
    } catch (thrown) {
      shelf.doubt();
      return { failed: { id, ...factsOf(thrown) } };
    }
  }

  /** A page acts on its own service: that takes no plugin, and no question. */
  async act({ id, actions }: ActMessage, about: CallContext): Promise<FrameMessage> {
    try {
      const { app, user } = about;
      if (user === undefined) throw new Failure("signed-out", "nobody is signed in to this app");
      const gathered: Gathered = {
        actions: actions.map((action) => ({
          action: { sender: user, service: app, ...action },
          by: app,
        })),
        claims: [],
        effects: [],
      };
      return await this.#finish(id, { value: new Uint8Array(), gathered, about });
    } catch (thrown) {
      return { failed: { id, ...factsOf(thrown) } };
    }
  }

  /** The same actions once more, in the name of the app and the user whose they were. */
  async retry({ id, transactionId }: WriteMessage, about: CallContext): Promise<FrameMessage> {
    try {
      const { writes } = this.#port;
      const row = await writes.failed(transactionId, about);
      if (row.isRepeatable !== true) {
        throw new Failure("write-not-repeatable", "others have proved a part of it, once");
      }
      const actions = actionsOf(row).map((action) => ({ action, by: row.app }));
      const effects = row.effects.map((effect) => ({ ...effect, always: false }));
      const signed = await this.#sign({ actions, claims: [], effects }, { ...about, app: row.app });
      const outcome = await writes.send(signed, row);
      return answerOf({ id, value: new Uint8Array() }, signed.id, outcome);
    } catch (thrown) {
      return { failed: { id, ...factsOf(thrown) } };
    }
  }

  async drop({ id, transactionId }: WriteMessage, about: CallContext): Promise<FrameMessage> {
    try {
      const { writes } = this.#port;
      await writes.drop(await writes.failed(transactionId, about));
      return { done: { id, value: new Uint8Array() } };
    } catch (thrown) {
      return { failed: { id, ...factsOf(thrown) } };
    }
  }

  async #run(call: TopCall, check: () => void = () => undefined): Promise<Called> {
    const { shelf, worker, answers } = this.#port;
    const plugins = await shelf.take([call.callee, permissionsPlugin.name]);
    check();
    const { app } = call.about;
    return worker.call(call, plugins, (ask) => answerAsk(answers, ask, app));
  }

  async #valueOf({ result, effects }: Called): Promise<Uint8Array> {
    if (result.ok) return result.value;
    await this.#port.discard(effects.map(rowOf));
    throw new Failure(result.error.code, result.error.message);
  }

  async #finish(id: number, { value, gathered, about }: Finished): Promise<FrameMessage> {
    const { writes, apply } = this.#port;
    const { effects } = gathered;
    if (gathered.actions.length === 0) {
      await apply(effects.map(rowOf), about.app);
      return { done: { id, value } };
    }
    const signed = await this.#sign({ ...gathered, effects }, about);
    return answerOf({ id, value }, signed.id, await writes.send(signed));
  }

  async #sign(gathered: Gathered, about: CallContext): Promise<SignedWrite> {
    const { writes, discard } = this.#port;
    try {
      await writes.checkRoom(about.app);
      const port = { ...this.#port, callPlugin: this.#callPlugin };
      return await signGathered(port, gathered, about);
    } catch (thrown) {
      await discard(gathered.effects.map(rowOf));
      throw thrown;
    }
  }

  readonly #callPlugin: CallPlugin = async ({ callee, method, args }, about) => {
    const call = { caller: supervisor, callee, method: methodNameConstant(method), args, about };
    const called = await this.#run(call);
    return this.#valueOf(called);
  };
}

type Finished = {
  readonly value: Uint8Array;
  readonly gathered: Gathered;
  readonly about: CallContext;
};

function answerOf(
  { id, value }: { readonly id: number; readonly value: Uint8Array },
  transactionId: TransactionId,
  outcome: Outcome,
): FrameMessage {
  if (outcome.kind === "undecided") return { queued: { id, value, transactionId } };
  if (outcome.kind === "final") {
    const { receipt } = outcome;
    return { done: { id, value, ...(receipt === undefined ? {} : { receipt }) } };
  }
  const { code, message } = outcome;
  return { failed: { id, code, message, transactionId } };
}

function rowOf({ host, method, args }: Effect): EffectRow {
  return { host, method, args };
}
