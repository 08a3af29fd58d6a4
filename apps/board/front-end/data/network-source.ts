import { ServiceClient } from "@kith/sdk/client";
import type { Kith } from "@kith/sdk/connect";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { parseTransactionId } from "@kith/sdk/types";
import type { Remote } from "@kith/ui/remote";

import { boardInterface, boardQueries, type ThreadShown } from "../../interface.ts";
import { boardPlugin } from "../../plugin-interface.ts";
import { leftWrites } from "./left-writes.ts";
import { outcomeOf } from "./outcome-of.ts";
import { postsAtOnce, type BoardSource, type Listener, type Stop, type Viewer } from "./source.ts";
import { watchQuery, whenConnected, whoeverUses } from "./watching.ts";
import { writeWith, type BoardClient } from "./write-with.ts";

type Connected = { readonly kith: Kith; readonly client: BoardClient };

/** The board of the network that this page came from. Nothing is known until it is connected. */
export class NetworkSource implements BoardSource {
  readonly #connecting: Promise<Connected>;

  constructor(connecting: Promise<Kith>) {
    this.#connecting = connecting.then((kith) => {
      const parts = { service: boardInterface, queries: boardQueries, rows: {}, events: {} };
      return { kith, client: new ServiceClient(kith.connection, parts) };
    });
  }

  watchViewer: BoardSource["watchViewer"] = (listener) =>
    whenConnected(
      this.#connecting,
      (connected) => whoeverUses(connected.kith, () => watchStanding(connected, listener)),
      () => listener({ status: "out" }),
    );

  watchThreads: BoardSource["watchThreads"] = (limit, listener) =>
    whenConnected(
      this.#connecting,
      ({ kith, client }) =>
        watchQuery(kith, { query: client.queries.newestThreads, args: { limit }, listener }),
      () => listener(unreachable),
    );

  watchThread: BoardSource["watchThread"] = ({ thread, before }, listener) =>
    whenConnected(
      this.#connecting,
      ({ kith, client }) =>
        whoeverUses(kith, () => {
          const viewer = kith.user === undefined ? {} : { viewer: kith.user };
          const part = before === undefined ? {} : { before };
          const args = { thread, limit: postsAtOnce, ...viewer, ...part };
          const query = client.queries.threadWithPosts;
          return watchQuery(kith, { query, args, listener: (told) => listener(shownIn(told)) });
        }),
      () => listener(unreachable),
    );

  signIn = (): void => {
    // Without a connection the page says so already.
    this.#connecting.then(askWho).catch(() => undefined);
  };

  send: BoardSource["send"] = async (write, onQueued) => {
    const connected = await this.#connecting.catch(() => undefined);
    if (connected === undefined) return { ok: false, code: unreachable.code };
    const { kith, client } = connected;
    if (kith.user === undefined) {
      const signedIn = await kith.plugin(accountsPlugin).signIn({});
      if (!signedIn.ok) return { ok: false, code: signedIn.error.code };
    }
    return outcomeOf(kith, await writeWith(client, write), onQueued);
  };

  watchLeft: BoardSource["watchLeft"] = (listener) =>
    whenConnected(
      this.#connecting,
      ({ kith }) => {
        listener(leftWrites(kith.writes));
        return kith.onWrites((writes) => listener(leftWrites(writes)));
      },
      () => listener([]),
    );

  retryLeft: BoardSource["retryLeft"] = (id) => this.#withLeft(id, (kith) => kith.retryWrite);
  dropLeft: BoardSource["dropLeft"] = (id) => this.#withLeft(id, (kith) => kith.dropWrite);

  /** What comes of it is told to whoever watches. */
  async #withLeft(id: string, actOf: (kith: Kith) => Kith["dropWrite"]): Promise<void> {
    const connected = await this.#connecting.catch(() => undefined);
    const write = parseTransactionId(id);
    if (connected !== undefined && write.ok) await actOf(connected.kith)(write.value);
  }

  draft: BoardSource["draft"] = async (thread) => {
    const connected = await this.#connecting.catch(() => undefined);
    const found = await connected?.kith.plugin(boardPlugin).draft({ thread });
    return found?.ok === true ? found.value.value : undefined;
  };

  keepDraft: BoardSource["keepDraft"] = (thread, draft) => {
    const keep = ({ kith }: Connected) => kith.plugin(boardPlugin).keepDraft({ thread, ...draft });
    this.#connecting.then(keep).catch(() => undefined);
  };
}

const unreachable = { status: "error", code: "unreachable", value: undefined } as const;

function askWho({ kith }: Connected): Promise<unknown> {
  const accounts = kith.plugin(accountsPlugin);
  return kith.user === undefined ? accounts.signIn({}) : accounts.chooseAccount({});
}

/** What the user may do here. */
function watchStanding({ kith, client }: Connected, listener: Listener<Viewer>): Stop {
  const account = kith.user;
  if (account === undefined) {
    listener({ status: "out" });
    return () => {};
  }
  // Who is signed in is told at once; what they may do follows.
  listener({ status: "in", account, role: "member" });
  return kith.live.watch(client.queries.standing, { account }, ({ value }) => {
    if (value === undefined) return;
    const { role, banned } = value;
    listener({ status: "in", account, role, ...(banned === undefined ? {} : { banned }) });
  });
}

type Found = { readonly shown?: ThreadShown };

function shownIn(told: Remote<Found>): Remote<ThreadShown | undefined> {
  if (told.status === "loading") return told;
  return { ...told, value: told.value?.shown };
}
