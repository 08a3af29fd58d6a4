import type { BlockResult } from "@kith/chain/apply-block";
import { genesisBlock } from "@kith/chain/genesis";
import type { SealedBlock } from "@kith/protocol/block";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { prepareTransaction } from "@kith/protocol/transactions";
import type { EventDefinition } from "@kith/sdk/event";
import type { AnyMethod, ServiceInterface, Signature } from "@kith/sdk/signature";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { Answers, type HttpAnswer, type HttpOptions } from "./answers.ts";
import { BlockMaker, consensus, keyOf, owner, startSeconds } from "./block-maker.ts";
import { valueOf, type BlockEvent, type Called } from "./called.ts";
import { installationOf } from "./installation.ts";
import { OpenedFiles } from "./opened-files.ts";
import type { Actions, Asked, Questions, TestedService } from "./ports.ts";
import { factsOf } from "./replay/facts.ts";
import { Recorder, recordingsVariable } from "./replay/recording.ts";

export type TestNetworkOptions<Methods, Queries> = {
  /** The app's folder: what `kith package` makes of it is installed. */
  readonly app: string;
  /** The app's service as its source exports it: `as` and `ask` get their types from it. */
  readonly service: TestedService<Methods, Queries>;
  /** Folders of further apps that are installed beside it: what the app depends on, or what depends on it. */
  readonly with?: readonly string[];
  /** Gets the lines that services log; without it they are printed. */
  readonly onLog?: (service: AccountName, line: string) => void;
};

/**
 * A network in this process that begins with the system's apps and with yours: the real chain and the real sandbox, no
 * consensus, no sockets, and time that moves on by a second with each block.
 *
 *     const network = await testNetwork({ app: join(import.meta.dirname, ".."), service: counter });
 *     const alice = network.account("alice");
 *     assert.equal(valueOf(network.as(alice).increment({ by: 2 })), 2);
 */
export async function testNetwork<Methods, Queries>(
  options: TestNetworkOptions<Methods, Queries>,
): Promise<TestNetwork<Methods, Queries>> {
  const installation = await installationOf([options.app, ...(options.with ?? [])], owner);
  const genesis = genesisBlock({
    chainName: "test",
    time: startSeconds * 1_000_000,
    owner: { account: owner, key: publicKeyOf(keyOf(owner)) },
    consensus,
    services: installation.genesis.services,
    accounts: installation.genesis.accounts,
    openRegistration: true,
    home: accountNameConstant("home"),
    actions: installation.genesis.actions,
  });
  const network = new TestNetwork(options, new Set(installation.accounts));
  await network.begin(genesis);
  return network;
}

const counted = { networks: 0 };

export class TestNetwork<Methods, Queries> {
  readonly #service: TestedService<Methods, Queries>;
  /** Those of packages: the owner of the network signs for them. */
  readonly #owned: ReadonlySet<AccountName>;
  readonly #files: OpenedFiles;
  readonly #maker: BlockMaker;
  readonly #answers: Answers;
  readonly #recorder: Recorder | undefined;
  readonly #events: BlockEvent[] = [];

  constructor(
    { service, onLog }: TestNetworkOptions<Methods, Queries>,
    owned: ReadonlySet<AccountName>,
  ) {
    this.#service = service;
    this.#owned = owned;
    this.#files = new OpenedFiles(onLog);
    const { state, machine } = this.#files;
    const onBlock = (block: SealedBlock, result: BlockResult): void => this.#keep(block, result);
    this.#maker = new BlockMaker({ state, machine, onBlock });
    this.#answers = new Answers(this.#files);
    const folder = process.env[recordingsVariable];
    const name = `${service.name} network ${++counted.networks} of process ${process.pid}`;
    this.#recorder = folder === undefined ? undefined : new Recorder(folder, name);
  }

  /** Runs block 1; `testNetwork` has done so. */
  async begin(genesis: SealedBlock): Promise<void> {
    this.#maker.apply(genesis);
    await this.#files.state.write();
  }

  /** Makes an account with a key of its own, which `as` then signs with. */
  account(name: string): AccountName {
    const account = accountNameConstant(name);
    const create = { name: account, key: publicKeyOf(keyOf(account)) };
    valueOf(this.send([packAction(account, accountsInterface, "create", create)]));
    return account;
  }

  /**
   * Actions in the name of an account: of the app's service, or of another one. The accounts of the app itself can be
   * named too; so can `owner`, to whom the network belongs.
   */
  as(account: AccountName): Actions<Methods>;
  as<Others>(account: AccountName, service: ServiceInterface<Others>): Actions<Others>;
  as(account: AccountName, service: ServiceInterface<unknown> = this.#service): object {
    return functionsOf(service, ({ name, method }, args) => {
      const called = this.send([packUntyped(account, service, name, args)]);
      return withResult(called, method);
    });
  }

  /** Several actions as one transaction, signed for the first one's sender. All of them happen or none. */
  send(actions: readonly Action[]): Called<readonly Uint8Array[]> {
    const [called] = this.block([actions]);
    if (called === undefined) throw new Error("a transaction without a receipt");
    return called;
  }

  /** Several transactions as one block, in their order. */
  block(transactions: readonly (readonly Action[])[]): readonly Called<readonly Uint8Array[]>[] {
    const packed = transactions.map((actions) => {
      const sender = actions[0]?.sender ?? owner;
      return this.#maker.sign(actions, keyOf(this.#owned.has(sender) ? owner : sender));
    });
    const { receipts, events } = this.#maker.block(packed);
    return packed.map((bytes) => {
      const prepared = prepareTransaction(bytes);
      const id = prepared.ok ? prepared.value.id : undefined;
      const receipt = receipts.find(({ transactionId }) => transactionId === id);
      if (receipt === undefined) throw new Error("this transaction was in a block before");
      const { failure, results } = receipt;
      const parts = { receipt, events: events.filter((each) => each.transactionId === id) };
      return failure === undefined
        ? { ok: true, value: results, ...parts }
        : { ok: false, error: failure, ...parts };
    });
  }

  /**
   * Typed queries of the app's service, or of another one, at the newest height: in nobody's name, or in that of an account
   * that is signed in (`context.user`), as `ask(alice)`.
   */
  ask(as?: AccountName): Questions<Queries>;
  ask<Others>(service: TestedService<unknown, Others>, as?: AccountName): Questions<Others>;
  ask(
    service: TestedService<unknown, unknown> | AccountName = this.#service,
    as?: AccountName,
  ): object {
    return typeof service === "string"
      ? this.#answers.questions(this.#service, service)
      : this.#answers.questions(service, as);
  }

  /** A request to the subdomain of the app's service, or of another account: `http("/threads?limit=1")`. */
  http(target: string, options: HttpOptions = {}): Promise<HttpAnswer> {
    return this.#answers.http({ account: this.#service.name, ...options }, target);
  }

  /** GraphQL over the tables and events of the app's service, or of another account's: its `data`. */
  graphql(
    query: string,
    options: { readonly account?: AccountName; readonly variables?: object } = {},
  ): Promise<Asked<unknown>> {
    return this.#answers.graphql({ account: this.#service.name, ...options }, query);
  }

  /** What the service of this network has emitted of the event so far, oldest first. */
  events<Value>(
    event: EventDefinition<Value>,
    service: AccountName = this.#service.name,
  ): readonly Value[] {
    return this.#events
      .filter(({ service: by, declared }) => by === service && declared.name === event.name)
      .map(({ data }) => event.type.trustedUnpack(data));
  }

  /** The time of the newest block, in seconds since the Unix epoch. */
  get seconds(): number {
    return this.#maker.nextSeconds - 1;
  }

  /** Lets time pass: the next block is so much later. */
  travel(seconds: number): void {
    this.#maker.nextSeconds += seconds;
  }

  /** Gives its files back; whoever does not call it leaves that to the end of the process. */
  async close(): Promise<void> {
    this.#answers.close();
    await this.#files.close();
  }

  #keep(block: SealedBlock, result: BlockResult): void {
    this.#recorder?.add(block, factsOf(result));
    this.#events.push(...result.events);
    this.#files.keep(result);
    this.#answers.onExecuted(result);
  }
}

type Named = { readonly name: string; readonly method: AnyMethod };

function functionsOf(
  { actions }: ServiceInterface<unknown>,
  call: (named: Named, args: never) => unknown,
): object {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what `serviceInterface` and `service` put there
  const methods = Object.entries(actions as Readonly<Record<string, AnyMethod>>);
  return Object.fromEntries(
    methods.map(([name, method]) => [name, (args: never) => call({ name, method }, args)]),
  );
}

function withResult(called: Called<readonly Uint8Array[]>, { result }: AnyMethod): Called<unknown> {
  if (!called.ok) return called;
  const read = result.unpack(called.value[0] ?? new Uint8Array());
  if (!read.ok) throw new Error("a result that is not what the action declares");
  return { ...called, value: read.value };
}

function packUntyped(
  account: AccountName,
  service: ServiceInterface<unknown>,
  name: string,
  args: never,
): Action {
  // oxlint-disable-next-line no-unsafe-type-assertion -- `as` has typed the arguments
  const typed = service as ServiceInterface<Readonly<Record<string, Signature<unknown, unknown>>>>;
  return packAction(account, typed, name, args);
}

export { codeOf, valueOf, type Called } from "./called.ts";
export { keyOf, owner } from "./block-maker.ts";
export type { HttpAnswer } from "./answers.ts";
export type { Asked } from "./ports.ts";
