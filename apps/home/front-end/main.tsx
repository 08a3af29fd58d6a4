import { connect } from "@kith/sdk/connect";
import { openOffline } from "@kith/sdk/offline";
import { render } from "preact";

import { App } from "./app.tsx";
import { NetworkSource } from "./data/network-source.ts";

render(<App source={new NetworkSource(connect({ keepsAnswers: true }))} />, document.body);
void openOffline();
