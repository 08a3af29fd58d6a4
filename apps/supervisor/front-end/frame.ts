/**
 * The hidden frame on `supervisor.<root>`, and the thread of plugins that it starts: one program, so that what both need
 * comes once. The frame waits for the page around it to hand over a port, once.
 */
import { pageGreeting } from "@kith/sdk/connect/greeting";
import { trustedScript } from "@kith/sdk/trusted-script";

import { appOfOrigin } from "../core/app-of-origin.ts";

if (typeof document === "undefined") void import("../worker/worker.ts");
else if (parent !== window) waitForPage();

function waitForPage(): void {
  const scheme = location.protocol;
  const root = location.host.replace(/^supervisor\./, "");
  // It is needed in any case, and the page takes a moment as well.
  const loading = import("../core/supervisor.ts");
  const take = ({ data, source, origin, ports }: MessageEvent<unknown>): void => {
    const [port] = ports;
    if (source !== parent || data !== pageGreeting || port === undefined) return;
    const app = appOfOrigin(origin, { root, scheme });
    if (app === undefined) return;
    removeEventListener("message", take);
    void loading.then(({ serveApp }) => serveApp({ app, port, root, scheme, openWorker }));
  };
  addEventListener("message", take);
}

function openWorker(): Worker {
  return new Worker(trustedScript(new URL(import.meta.url)), { type: "module" });
}
