import { connect } from "@kith/sdk/connect";
import { openOffline } from "@kith/sdk/offline";
import { render } from "preact";

import { App } from "./app.tsx";
import { BoardProvider, boardOver } from "./data/hooks.ts";
import { NetworkSource } from "./data/network-source.ts";

const source = new NetworkSource(connect({ keepsAnswers: true }));
render(
  <BoardProvider value={boardOver(source)}>
    <App />
  </BoardProvider>,
  document.body,
);
void openOffline();
