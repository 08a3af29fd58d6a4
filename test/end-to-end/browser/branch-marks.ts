import { decodeBase64 } from "@kith/protocol/base64";
import { meteredEngine } from "@kith/sandbox/engine-module";
import { markBranches } from "@kith/sandbox/mark-branches";
import type { BrowserContext, Route } from "playwright-core";

import { keepEntered, recordingFolder } from "../../branch-recorder.ts";

const said = "entered branches: ";

/** Stands before the script of the plugins' thread: tells what instances of a marked engine have entered, whenever that is more. */
const teller = `
if (typeof DedicatedWorkerGlobalScope !== "undefined") {
  const seen = [];
  const Plain = WebAssembly.Instance;
  WebAssembly.Instance = class extends Plain {
    constructor(...given) { super(...given); seen.push(this.exports); }
  };
  let words = new BigUint64Array(0);
  let last = "";
  setInterval(() => {
    for (const exports of seen) {
      const globals = Object.keys(exports).filter((name) => name.startsWith("entered "));
      if (words.length < globals.length) words = new BigUint64Array(globals.length);
      for (const [index, name] of globals.entries()) words[index] |= BigInt.asUintN(64, exports[name].value);
    }
    const bytes = new Uint8Array(words.buffer);
    const told = btoa(String.fromCharCode(...bytes));
    if (told !== last) console.debug("${said}" + told);
    last = told;
  }, 500);
}
`;

/** Where somebody records what plugins come to, people's browsers tell: see `test/plugins/record-branches.ts`. */
export async function recordInBrowser(context: BrowserContext): Promise<void> {
  const folder = recordingFolder;
  if (folder === undefined) return;
  const marked = Buffer.from(markBranches(meteredEngine().bytes));
  await context.route(/\/assets\/engine-[^/]*\.wasm$/, (route) =>
    isForKeeping(route)
      ? route.continue()
      : route.fulfill({ body: marked, contentType: "application/wasm" }),
  );
  await context.route(/^http:\/\/supervisor\.[^/]*\/assets\/[^/]*\.js$/, async (route) => {
    if (isForKeeping(route)) return route.continue();
    const request = route.request();
    const url = new URL(request.url());
    const { host } = url;
    url.hostname = "127.0.0.1";
    const headers = { ...(await request.allHeaders()), host };
    const response = await route.fetch({ url: url.href, headers });
    await route.fulfill({ response, body: teller + (await response.text()) });
  });
  context.on("console", (message) => {
    if (!message.text().startsWith(said)) return;
    const bits = decodeBase64(message.text().slice(said.length));
    if (bits !== undefined) keepEntered(folder, bits);
  });
}

/** Service workers know what they keep by its hash. */
function isForKeeping(route: Route): boolean {
  return route.request().serviceWorker() !== null;
}
