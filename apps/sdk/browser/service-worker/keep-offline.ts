import { keptFiles, planAnswer, type Plan } from "./plan-answer.ts";
import { keptRoutes, passedRoutes } from "./routes.ts";
import { SiteCache } from "./site-cache.ts";
import { addressOf, type SiteFile } from "./site-file.ts";
import type { FetchEvent, InstallEvent, WorkerScope } from "./worker-scope.ts";

export type { SiteFile } from "./site-file.ts";

type KeptSite = {
  /** All files of the site: `import { files } from "kith:files"`. */
  readonly files: readonly SiteFile[];
  /** What is shown at addresses that name no file, such as `/index.html`: for sites of a single page. */
  readonly page?: string;
  /** Which files are kept; left out: all of at most 1 MiB. */
  readonly keeps?: (file: SiteFile) => boolean;
};

/** Whoever waits this long for a page sees the one that is kept. */
const pageMsMax = 4000;
const keptBytesMax = 1024 * 1024;

/**
 * All of a service worker that lets an app open without network. Kept are the files of its package, and nothing else: no
 * query, no system route, nothing that a page was told. What has a hash in its name is answered from what is kept, a page
 * by the network as long as there is one. A new version is taken over whole, and the last but one is dropped.
 *
 *     import { files } from "kith:files";
 *     keepOffline({ files, page: "/index.html" });
 */
export function keepOffline({ files, page, keeps = isSmall }: KeptSite): void {
  // oxlint-disable-next-line no-unsafe-type-assertion -- this runs in a service worker and nowhere else
  const scope = globalThis as unknown as WorkerScope;
  const kept = keptFiles(files, keeps);
  const cache = new SiteCache(kept);
  const fallback = page === undefined ? undefined : addressOf(page);
  const site = { origin: scope.location.origin, kept: new Set(kept.keys()), fallback };

  scope.addEventListener("install", (event) => {
    const routed = route(event, kept.keys());
    event.waitUntil(Promise.all([cache.fill(), routed]).then(() => scope.skipWaiting()));
  });
  scope.addEventListener("activate", (event) => {
    const preloading = scope.registration.navigationPreload?.enable();
    event.waitUntil(Promise.all([cache.dropOld(), preloading]).then(() => scope.clients.claim()));
  });
  scope.addEventListener("fetch", (event) => {
    const plan = planAnswer(event.request, site);
    if (plan.kind !== "pass") event.respondWith(answer(event, plan, cache));
  });
}

function isSmall({ sizeBytes }: SiteFile): boolean {
  return sizeBytes <= keptBytesMax;
}

/** Browsers that know no routes, or not of such a kind, ask the worker. */
async function route(event: InstallEvent, addresses: Iterable<string>): Promise<void> {
  const groups = [passedRoutes(), keptRoutes(addresses)];
  await Promise.allSettled(groups.map(async (routes) => await event.addRoutes?.(routes)));
}

async function answer(
  event: FetchEvent,
  plan: Exclude<Plan, { readonly kind: "pass" }>,
  cache: SiteCache,
): Promise<Response> {
  if (plan.kind === "kept") return (await cache.find(plan.address)) ?? fromNetwork(event);
  const asked = fromNetwork(event);
  const inTime = await Promise.race([asked, afterPatience()]);
  if (inTime !== undefined && isAnswer(inTime)) return inTime;
  return (await cache.find(plan.address)) ?? asked;
}

/** Never rejects: the page is told of an error as it would be without a worker. */
async function fromNetwork({ request, preloadResponse }: FetchEvent): Promise<Response> {
  try {
    const preloaded = await preloadResponse;
    return preloaded instanceof Response ? preloaded : await fetch(request);
  } catch {
    return Response.error();
  }
}

function isAnswer({ type, status }: Response): boolean {
  return type !== "error" && status < 500;
}

function afterPatience(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), pageMsMax);
  });
}
