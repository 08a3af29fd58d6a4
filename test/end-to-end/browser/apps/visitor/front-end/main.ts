import { connect } from "@kith/sdk/connect";

import { toolsOf } from "../../page-tools.ts";

const kith = await connect();
document.querySelector("#user")?.replaceChildren(kith.user ?? "Nobody yet");
kith.onUser((user) => document.querySelector("#user")?.replaceChildren(user ?? "Nobody yet"));
Object.assign(globalThis, { tools: toolsOf(kith) });
performance.mark("ready");
