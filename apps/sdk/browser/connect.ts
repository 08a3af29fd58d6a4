import { decodeBase64, encodeBase64 } from "@kith/protocol/base64";
import type { AccountName, BlockId, TransactionId } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { ok, type Result } from "@kith/protocol/result";

import type { Connection } from "../client/connection.ts";
import type { Surroundings, WriteState } from "../connect/page-messages.ts";
import type { LightPort } from "../light/ask-node.ts";
import type { LiveQueries } from "../live/live-queries.ts";
import type { PluginInterface } from "../plugin-interface.ts";
import type { AnyMethod } from "../signature.ts";
import { appConnection, placeOf } from "./app-connection.ts";
import { Changing } from "./changing.ts";
import { keepSurroundings, lastSurroundings } from "./last-surroundings.ts";
import { networkWatch } from "./network-watch.ts";
import { liveQueries } from "./page-live.ts";
import { pluginClient, type PluginClient } from "./plugin-client.ts";
import { Reads } from "./reads.ts";
import { rootOf, SupervisorFrame, supervisorOf } from "./supervisor-frame.ts";
import { SupervisorLink, type CallError } from "./supervisor-link.ts";

/** What an app's page has of the network: who its user is, and the ways to services and plugins. */
export type Kith = {
  /** The account that this page belongs to. */
  readonly app: AccountName;
  /** The network's id. */
  readonly network: BlockId;
  /** Who is signed in to this app. */
  readonly user: AccountName | undefined;
  readonly onUser: (listener: (user: AccountName | undefined) => void) => () => void;
  /** For clients that `kith client` makes: `new BoardClient(kith.connection)`. */
  readonly connection: Connection;
  /** A plugin's functions; the user is asked where that takes trust. */
  readonly plugin: <Functions extends Readonly<Record<string, AnyMethod>>>(
    target: PluginInterface<Functions>,
  ) => PluginClient<Functions>;
  /** Answers that stay true: see `LiveQueries.watch`, and `useQuery` for components. */
  readonly live: LiveQueries<AbortSignal>;
  /** Rows and headers, as a node answers them or proved in this page. */
  readonly reads: Reads;
  /**
   * Writes of this app that are signed and not final yet, oldest first, with those that earlier pages have left. They are here when
   * `connect` resolves; with `keepsAnswers`, which does not wait for the supervisor, they come with its first word.
   */
  readonly writes: readonly WriteState[];
  readonly onWrites: (listener: (writes: readonly WriteState[]) => void) => () => void;
  /** Signs and sends one again that has failed; gives what came of it, which may be that it is queued. */
  readonly retryWrite: (write: TransactionId) => Promise<Result<void, CallError>>;
  /** Forgets one that has failed. */
  readonly dropWrite: (write: TransactionId) => Promise<Result<void, CallError>>;
  /** Whether some node answers; true until the contrary is known. */
  readonly isReached: boolean;
  readonly onReach: (listener: (isReached: boolean) => void) => () => void;
  /** Ends everything; the page stays as it is. */
  readonly close: () => void;
};

export type ConnectOptions = {
  /**
   * Questions to the app's own service, also live ones, show whose they are (`context.user` in queries). Without it answers are the
   * same for everybody, and are made once for all who ask.
   */
  readonly asUser?: boolean;
  /**
   * The last answers of live queries stay in the app's own storage on this device: the next page shows them as stale before a node
   * answers, and without a network. They are forgotten when somebody else is signed in. Such a page is connected at once, and takes for
   * `user` whoever used it last, until the supervisor says who does (decision 0204).
   */
  readonly keepsAnswers?: boolean;
};

/**
 * Connects this page with its network, through the hidden frame of the supervisor on `supervisor.<root>`. Nothing is asked
 * and nothing is shown by that. Rejects when the page is not on a subdomain of a network, or the supervisor does not
 * answer within 15 seconds.
 *
 *     const kith = await connect();
 *     const board = new BoardClient(kith.connection);
 *     const posted = await board.actions.reply({ thread: 1, text: "hello" });
 */
export async function connect({
  asUser = false,
  keepsAnswers = false,
}: ConnectOptions = {}): Promise<Kith> {
  const app = parseAccountName(location.host.split(".", 1)[0] ?? "");
  if (!app.ok) throw new TypeError(`${location.host} is not an app's place on a network`);
  const last = keepsAnswers ? lastSurroundings(localStorage, rootOf(location)) : undefined;
  const user = new Changing<AccountName | undefined>(last?.user);
  const writes = new Changing<readonly WriteState[]>([]);
  const reach = new Changing(true);
  const greeted = Promise.withResolvers<Surroundings>();
  const frame = SupervisorFrame.open(supervisorOf(location), { isLater: last !== undefined });
  const isMine = networkWatch(last?.network, () => {
    link.fail({ code: "network-changed", message: "another network has this host" });
    location.reload();
  });
  const link = new SupervisorLink(frame.port, {
    onReady: (surroundings) => {
      if (keepsAnswers) keepSurroundings(localStorage, surroundings);
      greeted.resolve(surroundings);
      if (!isMine(surroundings.network)) return;
      if (surroundings.user !== user.value) user.set(surroundings.user);
    },
    onWrites: (told) => writes.set(told),
    onReach: (isReached) => reach.set(isReached),
    onShow: (isShown) => frame.show(isShown),
  });
  const greeting = frame.loaded.then(() => within(greetingMsMax, greeted.promise));
  if (last !== undefined) follow({ greeted: greeted.promise, greeting, link, reach });
  const { network, root: host } = last ?? (await greeting);
  const root = `${location.protocol}//${host}`;
  const shared = { root, user, reach, asUser };
  const live = liveQueries(link, { ...shared, app: app.value, network, keepsAnswers });
  return {
    app: app.value,
    network,
    get user() {
      return user.value;
    },
    onUser: (listener) => user.listen(listener),
    connection: appConnection(link, { app: app.value, root, user: () => user.value, asUser }),
    plugin: (target) => pluginClient(link, target),
    live,
    reads: new Reads({
      root,
      port: lightPort(link, root),
      trusted: keptCheckpoint(network) ?? network,
      keep: (checkpoint) => keepCheckpoint(network, checkpoint),
    }),
    get writes() {
      return writes.value;
    },
    onWrites: (listener) => writes.listen(listener),
    retryWrite: async (write) => withoutValue(await link.retry(write)),
    dropWrite: async (write) => withoutValue(await link.drop(write)),
    get isReached() {
      return reach.value;
    },
    onReach: (listener) => reach.listen(listener),
    close: () => {
      live.close();
      frame.close();
    },
  };
}

type Beginning = {
  /** However late that is. */
  readonly greeted: Promise<Surroundings>;
  /** Rejects when it is late. */
  readonly greeting: Promise<Surroundings>;
  readonly link: SupervisorLink;
  readonly reach: Changing<boolean>;
};

/** What a page begins with was true for an earlier one: waits for what is true now, and says when that does not come. */
function follow({ greeted, greeting, link, reach }: Beginning): void {
  greeting.catch(({ message }: Error) => {
    link.fail({ code: "supervisor-silent", message });
    reach.set(false);
    void greeted.then(() => reach.set(true));
  });
}

function withoutValue(outcome: Result<unknown, CallError>): Result<void, CallError> {
  return outcome.ok ? ok(undefined) : outcome;
}

/** What was proved is trusted as the app's own storage is. */
function keptCheckpoint(network: BlockId): Uint8Array | undefined {
  const text = localStorage.getItem(`kith checkpoint ${network}`);
  return text === null ? undefined : decodeBase64(text);
}

function keepCheckpoint(network: BlockId, checkpoint: Uint8Array): void {
  localStorage.setItem(`kith checkpoint ${network}`, encodeBase64(checkpoint));
}

function lightPort(link: SupervisorLink, root: string): LightPort {
  return {
    fetch: (url) => {
      const signal = AbortSignal.timeout(proofMsMax);
      const asked = { ...placeOf(url, root), accept: "application/json", asUser: false };
      return link.fetch(asked, signal);
    },
  };
}

const proofMsMax = 20_000;
const greetingMsMax = 15_000;

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error("the network's supervisor does not answer"));
    const timer = setTimeout(late, ms);
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
