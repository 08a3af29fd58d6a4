import { err, ok, type Result } from "@kith/protocol/result";

import { installWorker } from "./install-worker.ts";
import { siteCachePrefix } from "./service-worker/site-file.ts";
import { trustedScript } from "./trusted-script.ts";

/** Why an app will not open without network in this browser. */
export type OfflineError =
  /** The browser has no service workers, or keeps them from this page: it is not secure, or in a private window. */
  | { readonly code: "offline-unsupported" }
  /** The browser does not take the script, or could not install it within minutes; the next page tries again. */
  | { readonly code: "offline-refused"; readonly message: string }
  /** `closeOffline` was called in the meantime. */
  | { readonly code: "offline-closed" };

/** So long after what was loaded last; the page's own work comes first, but not for ever. */
const quietMs = 5000;
const quietMsMax = 20_000;

/** Ends with the next `closeOffline`. */
let opening = new AbortController();

/**
 * Lets this app open without network from now on, by the service worker that `keepOffline` is in, as the network has the app now. It
 * waits until the page is loaded and quiet, and costs a first visit nothing that was loaded already. An installation that breaks
 * off is tried again, for about five minutes; when this is done, everything is kept.
 *
 *     void openOffline();
 */
export async function openOffline(
  script = "/service-worker.js",
): Promise<Result<void, OfflineError>> {
  const workers = serviceWorkers();
  if (workers === undefined) return err({ code: "offline-unsupported" });
  const { signal } = opening;
  await quiet();
  if (signal.aborted) return err({ code: "offline-closed" });
  try {
    const url = trustedScript(new URL(script, location.href));
    await installWorker(workers, url, { signal, pause });
    return signal.aborted ? err({ code: "offline-closed" }) : ok(undefined);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return err({ code: "offline-refused", message });
  }
}

/** For an app that is no longer to open without network: ends what `openOffline` began, and drops what was kept. */
export async function closeOffline(): Promise<void> {
  opening.abort();
  opening = new AbortController();
  const workers = serviceWorkers();
  if (workers === undefined) return;
  for (const registration of await workers.getRegistrations()) await registration.unregister();
  const kept = (await caches.keys()).filter((name) => name.startsWith(siteCachePrefix));
  for (const name of kept) await caches.delete(name);
}

/** Missing in pages that are not secure, whatever the type library says. */
function serviceWorkers(): ServiceWorkerContainer | undefined {
  return "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
}

/**
 * Until the page has loaded nothing for a while: before that, what is kept would take the network from what somebody waits for.
 * A page that is left earlier is kept at once.
 */
async function quiet(): Promise<void> {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer = setTimeout(resolve, quietMs);
  const latest = setTimeout(resolve, quietMsMax);
  const loads = new PerformanceObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(resolve, quietMs);
  });
  loads.observe({ type: "resource" });
  const isHidden = (): void => {
    if (document.visibilityState === "hidden") resolve();
  };
  document.addEventListener("visibilitychange", isHidden);
  await promise;
  loads.disconnect();
  clearTimeout(timer);
  clearTimeout(latest);
  document.removeEventListener("visibilitychange", isHidden);
}

/** Shorter when the network comes back in the meantime. */
async function pause(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = (): void => resolve();
  addEventListener("online", over);
  const timer = setTimeout(over, ms);
  await promise;
  clearTimeout(timer);
  removeEventListener("online", over);
}
