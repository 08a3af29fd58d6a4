import type { AccountName, BlockId } from "@kith/protocol/ids";

import { keptAnswers } from "../live/kept-answers.ts";
import { LiveQueries, type LiveQueriesPort } from "../live/live-queries.ts";
import { placeOf } from "./app-connection.ts";
import type { Changing } from "./changing.ts";
import type { SupervisorLink } from "./supervisor-link.ts";

type Page = {
  readonly app: AccountName;
  readonly network: BlockId;
  /** `http://kith.localhost:8080` */
  readonly root: string;
  readonly user: Changing<AccountName | undefined>;
  readonly reach: Changing<boolean>;
  /** Questions to the app's own service show whose they are. */
  readonly asUser: boolean;
  readonly keepsAnswers: boolean;
};

const keepAnswersMs = 500;

/** The live queries of a page. */
export function liveQueries(link: SupervisorLink, page: Page): LiveQueries<AbortSignal> {
  const { app, network, root, user, asUser, keepsAnswers } = page;
  const kept = keptAnswers(network, {
    store: localStorage,
    user: () => user.value ?? "",
    later: (run) => void setTimeout(run, keepAnswersMs),
  });
  const port = { ...livePort(link, page), ...(keepsAnswers ? { kept } : {}) };
  const live = new LiveQueries(root, port, app);
  // The page hears of another user when nothing of the former one is known any more.
  if (asUser) user.listen(() => live.askAnew());
  return live;
}

/** Streams go through the supervisor as everything else does, so they find another node when theirs is gone. */
function livePort(
  link: SupervisorLink,
  { root, asUser, reach }: Pick<Page, "root" | "asUser" | "reach">,
): LiveQueriesPort<AbortSignal> {
  return {
    fetch: (url, { headers, signal }) => {
      const place = placeOf(url, root);
      const lastEventId = headers["last-event-id"];
      const accept = headers["accept"] ?? "*/*";
      const resumed = lastEventId === undefined ? {} : { lastEventId };
      return link.fetch({ ...place, accept, asUser, ...resumed }, signal);
    },
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    onReach: (run) => {
      const stop = reach.listen((isReached) => isReached && run());
      addEventListener("online", run);
      return () => {
        stop();
        removeEventListener("online", run);
      };
    },
    aborting: () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
    soon: (run) => queueMicrotask(run),
  };
}
