/**
 * The hidden frame on `supervisor.<root>`, and the thread of plugins that it starts: one program in one file, so that what both
 * need comes once and no request waits for another. The frame waits for the page around it to hand over a port, once.
 */
import { pageGreeting } from "@kith/sdk/connect/greeting";
import { trustedScript } from "@kith/sdk/trusted-script";

import { appOfOrigin } from "../core/app-of-origin.ts";
import { openDatabase } from "../core/database.ts";
import { serveApp } from "../core/supervisor.ts";
import { servePlugins } from "../worker/worker.ts";

if (typeof document === "undefined") servePlugins();
else if (parent !== window) waitForPage();

function waitForPage(): void {
  const scheme = location.protocol;
  const root = location.host.replace(/^supervisor\./, "");
  // The page hears that the frame is there only when it is loaded.
  const database = openDatabase();
  const take = ({ data, source, origin, ports }: MessageEvent<unknown>): void => {
    const [port] = ports;
    if (source !== parent || data !== pageGreeting || port === undefined) return;
    const app = appOfOrigin(origin, { root, scheme });
    if (app === undefined) return;
    removeEventListener("message", take);
    void serveApp({ app, port, root, scheme, openWorker, database });
  };
  addEventListener("message", take);
}

function openWorker(): Worker {
  return new Worker(trustedScript(new URL(import.meta.url)), { type: "module" });
}
