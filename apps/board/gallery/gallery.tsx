import { render } from "preact";

import { App } from "../front-end/app.tsx";
import { BoardProvider } from "../front-end/data/hooks.ts";
import { SentWrites } from "../front-end/data/sent-writes.ts";
import { MemorySource, person } from "./memory-source.ts";

/** The board without a network, for the eyes and the browser tests, which change its world by `gallery`. In no package. */
const asked = new URLSearchParams(location.search);
const source = new MemorySource({ network: "fine" }, Number(asked.get("threads") ?? 5));
const writes = new SentWrites(source.send, {
  now: () => Date.now(),
  after: (ms, run) => void setTimeout(run, ms),
});
Object.assign(globalThis, { gallery: { source, person } });
render(
  <BoardProvider value={{ source, writes }}>
    <App />
  </BoardProvider>,
  document.body,
);
