import { connect } from "@kith/sdk/connect";
import { render } from "preact";

import { App } from "./app.tsx";
import { BoardProvider } from "./data/hooks.ts";
import { NetworkSource } from "./data/network-source.ts";
import { SentWrites } from "./data/sent-writes.ts";

const source = new NetworkSource(connect());
const writes = new SentWrites(source.send, {
  now: () => Date.now(),
  after: (ms, run) => void setTimeout(run, ms),
});
render(
  <BoardProvider value={{ source, writes }}>
    <App />
  </BoardProvider>,
  document.body,
);
