import { render } from "preact";

import { App } from "../front-end/app.tsx";
import { BoardProvider, boardOver } from "../front-end/data/hooks.ts";
import { MemorySource, person } from "./memory-source.ts";

/** The board without a network, for the eyes and the browser tests, which change its world by `gallery`. In no package. */
const asked = new URLSearchParams(location.search);
const source = new MemorySource({ network: "fine" }, Number(asked.get("threads") ?? 5));
Object.assign(globalThis, { gallery: { source, person } });
render(
  <BoardProvider value={boardOver(source)}>
    <App />
  </BoardProvider>,
  document.body,
);
