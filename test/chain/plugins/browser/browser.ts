import assert from "node:assert/strict";

import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import type { Claim } from "@kith/protocol/transaction";
import { httpHost, type AddedClaim, type CallContext } from "@kith/sdk/plugin-host";
import type { PluginInterface } from "@kith/sdk/plugin-interface";
import { authPlugin, provingPlugin } from "@kith/sdk/plugins/auth";
import type { AnyMethod, ResultCodec, Signature } from "@kith/sdk/signature";
import { finishSigning, prepareSigning } from "@kith/sdk/transaction";
import { keysMade } from "@kith/supervisor/keys-made";
import type { Called, PluginMachine } from "@kith/supervisor/plugin-machine";

import { ask } from "../../ask.ts";
import { prepared, type TestNetwork } from "../../network.ts";
import { codeOf } from "../../people.ts";
import { BrowserData } from "./data.ts";
import { answering, answerOf, Refusal, type HostAnswers } from "./host-answers.ts";
import { Authenticator, BrowserKeys } from "./keys.ts";
import { BrowserSealing } from "./sealing.ts";
import { BrowserSessions } from "./sessions.ts";
import { ScriptedUser } from "./user.ts";

const supervisor = accountNameConstant("supervisor");
const home = accountNameConstant("home");

type ArgsOf<Method> = Method extends Signature<infer Args, unknown> ? Args : never;
type ResultOf<Method> = Method extends { readonly result: ResultCodec<infer Result> }
  ? Result
  : never;

/** What became of a call. */
export type Outcome<Result> = {
  /** Of what the plugin did; "done" when it gave a result. */
  readonly code: string;
  readonly message: string;
  readonly value?: Result;
  /** Of the transaction that it became, if any: "done", or why it failed. */
  readonly transaction?: string;
  readonly actions: readonly string[];
};

export type BrowserOptions = {
  readonly machine: PluginMachine;
  readonly network: TestNetwork;
  /** Of one person, on all devices. */
  readonly authenticator?: Authenticator;
};

/**
 * One browser with a supervisor as far as plugins can tell: its own functions, the transaction that a call becomes, with proofs
 * of the plugins, on a real chain, and the effects that count once it succeeded.
 */
export class TestBrowser {
  readonly user = new ScriptedUser();
  readonly data = new BrowserData();
  readonly sessions = new BrowserSessions();
  readonly keys: BrowserKeys;
  readonly network: TestNetwork;
  /** False: no node answers. */
  isOnline = true;
  readonly #machine: PluginMachine;
  readonly #answers: HostAnswers;

  constructor({ machine, network, authenticator = new Authenticator() }: BrowserOptions) {
    this.#machine = machine;
    this.network = network;
    this.keys = new BrowserKeys(authenticator);
    const parts = [this.keys, this.data, this.sessions, this.user, new BrowserSealing()];
    const reads = answering(httpHost, { get: (asked) => this.#read(asked) });
    this.#answers = new Map([...parts.flatMap(({ answers }) => [...answers]), ...reads]);
  }

  /** A page calls a plugin, `home`'s unless it says otherwise. */
  async call<
    Functions extends Readonly<Record<string, AnyMethod>>,
    Name extends keyof Functions & string,
  >(
    plugin: PluginInterface<Functions>,
    name: Name,
    args: ArgsOf<Functions[Name]>,
    app?: string,
  ): Promise<Outcome<ResultOf<Functions[Name]>>>;
  async call(
    plugin: PluginInterface<Readonly<Record<string, Signature<unknown, unknown>>>>,
    name: string,
    args: unknown,
    app: string = home,
  ): Promise<Outcome<unknown>> {
    const declared = plugin.functions[name];
    assert.ok(declared !== undefined);
    const about = this.#about(app);
    const called = await this.#run(about.app, plugin.name, name, {
      args: declared.args.pack(args),
      about,
    });
    const { result } = called;
    const actions = called.actions.map(
      ({ action }) => `${action.sender} ${action.service}::${action.method}`,
    );
    if (!result.ok) {
      this.#discard(called);
      return { ...result.error, actions: [] };
    }
    const unpacked = declared.result.unpack(result.value);
    assert.ok(unpacked.ok, `${name} gave a result that is none`);
    const done = { code: "done", message: "", value: unpacked.value, actions };
    const transaction = actions.length === 0 ? undefined : await this.#submit(called, about);
    if (transaction === undefined || transaction === "done") await this.#apply(called);
    else this.#discard(called);
    return transaction === undefined ? done : { ...done, transaction };
  }

  /** The value of a call that has to succeed, with its transaction. */
  async value<
    Functions extends Readonly<Record<string, AnyMethod>>,
    Name extends keyof Functions & string,
  >(
    plugin: PluginInterface<Functions>,
    name: Name,
    args: ArgsOf<Functions[Name]>,
    app: string = home,
  ): Promise<ResultOf<Functions[Name]>> {
    const { code, message, transaction = "done", value } = await this.call(plugin, name, args, app);
    assert.equal(code, "done", `${name}: ${message}`);
    assert.equal(transaction, "done", name);
    assert.ok(this.user.isDone, `${name} did not ask all that the test has answers for`);
    // oxlint-disable-next-line no-unsafe-type-assertion -- a call that is done has its value, undefined or not
    return value as ResultOf<Functions[Name]>;
  }

  /** In the supervisor's own name, as hooks are called. */
  hook(callee: string, name: string, args: Uint8Array, app: string = home): Promise<Called> {
    return this.#run(supervisor, accountNameConstant(callee), name, {
      args,
      about: this.#about(app),
    });
  }

  #about(appName: string): CallContext {
    const app = accountNameConstant(appName);
    const user = this.sessions.connections.get(app);
    return {
      app,
      ...(user === undefined ? {} : { user }),
      network: "00".repeat(32),
      root: "kith.localhost:8080",
      nowMicros: this.network.time * 1_000_000,
    };
  }

  #run(
    caller: AccountName,
    callee: AccountName,
    name: string,
    { args, about }: { readonly args: Uint8Array; readonly about: CallContext },
  ): Promise<Called> {
    const call = { caller, callee, method: methodNameConstant(name), args, about };
    return this.#machine.run(call, (asked) => answerOf(this.#answers, asked));
  }

  /** The transaction's code; each claim is proved by the plugin that made it. */
  async #submit({ actions, claims }: Called, about: CallContext): Promise<string> {
    const proved: AddedClaim[] = [...claims];
    const isUsers = actions.some(({ action }) => action.sender === about.user);
    if (about.user !== undefined && isUsers)
      proved.push(...(await this.#claimsOf(about.user, about)));
    const reference = this.network.chain.taposReference();
    assert.ok(reference !== undefined);
    const { refBlockIndex, refBlockId } = reference;
    const unsigned = prepareSigning(
      {
        tapos: { expiration: this.network.time + 60, flags: 0, refBlockIndex },
        actions: actions.map(({ action }) => action),
        claims: proved.map(({ claim }) => claim),
      },
      refBlockId,
    );
    const proofs: Uint8Array[] = [];
    for (const { claim, prover, kept } of proved) {
      const given = { claim, message: unsigned.message, ...(kept === undefined ? {} : { kept }) };
      const { prove } = provingPlugin(prover).functions;
      const called = await this.#run(supervisor, prover, "prove", {
        args: prove.args.pack(given),
        about,
      });
      proofs.push(valueOf(called, prove.result));
    }
    const transaction = prepared(finishSigning(unsigned, proofs).bytes);
    const [receipt] = this.network.block([transaction]).receipts;
    assert.ok(receipt !== undefined);
    return codeOf(receipt);
  }

  async #claimsOf(account: AccountName, about: CallContext): Promise<readonly AddedClaim[]> {
    const { claims } = authPlugin("auth-keys").functions;
    const key = this.sessions.accounts.get(account);
    assert.ok(key !== undefined);
    const prover = accountNameConstant("auth-keys");
    const called = await this.#run(supervisor, prover, "claims", {
      args: claims.args.pack({ account, key }),
      about,
    });
    return valueOf(called, claims.result).map((claim: Claim) => ({ claim, prover }));
  }

  async #apply({ effects }: Called): Promise<void> {
    for (const effect of effects) {
      const done = await answerOf(this.#answers, effect);
      assert.ok(done.ok);
    }
  }

  #discard({ effects }: Called): void {
    for (const publicKey of keysMade(effects)) this.keys.discard(publicKey);
  }

  #read({ account, target }: { readonly account: AccountName; readonly target: string }) {
    if (!this.isOnline) throw new Refusal("unreachable", "no node answers");
    const reply = ask(this.network, account, target);
    if (reply === undefined) return { status: 404, contentType: "text/plain", body: packText("") };
    return { status: reply.status, contentType: reply.contentType, body: reply.body };
  }
}

function valueOf<T>({ result }: Called, codec: ResultCodec<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  const unpacked = codec.unpack(result.value);
  assert.ok(unpacked.ok);
  return unpacked.value;
}
