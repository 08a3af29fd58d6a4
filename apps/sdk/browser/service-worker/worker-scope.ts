import type { Route } from "./routes.ts";

/** As much of a service worker's own world as is used here: type libraries have it beside pages' or not at all. */
export type WorkerScope = {
  readonly location: { readonly origin: string };
  readonly skipWaiting: () => Promise<void>;
  readonly clients: { readonly claim: () => Promise<void> };
  readonly registration: {
    /** Not in all browsers. */
    readonly navigationPreload?: { readonly enable: () => Promise<void> };
  };
  readonly addEventListener: <Name extends keyof WorkerEvents>(
    name: Name,
    listener: (event: WorkerEvents[Name]) => void,
  ) => void;
};

type Lasting = { readonly waitUntil: (done: Promise<unknown>) => void };

export type InstallEvent = Lasting & {
  /** Not in all browsers. */
  readonly addRoutes?: (routes: readonly Route[]) => Promise<void>;
};

export type FetchEvent = Lasting & {
  readonly request: Request;
  readonly respondWith: (answer: Promise<Response>) => void;
  /** The page, when the browser has asked for it while the worker was still being started. */
  readonly preloadResponse?: Promise<unknown>;
};

type WorkerEvents = {
  readonly install: InstallEvent;
  readonly activate: Lasting;
  readonly fetch: FetchEvent;
};
