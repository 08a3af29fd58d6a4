import { connect } from "@kith/sdk/connect";
import { openOffline } from "@kith/sdk/offline";

import { toolsOf } from "../../page-tools.ts";

const kith = await connect({ asUser: true });
const tools = toolsOf(kith);
const user = document.querySelector("#user");
const list = document.querySelector("#notes");

function showUser(): void {
  user?.replaceChildren(kith.user ?? "Nobody yet");
}

showUser();
kith.onUser(showUser);
kith.live.watch(tools.notebook.queries.recent, { limit: 10 }, ({ value = [] }) => {
  const items = value.map(({ by, text }) => {
    const item = document.createElement("li");
    item.textContent = `${by}: ${text}`;
    return item;
  });
  list?.replaceChildren(...items);
});
Object.assign(globalThis, { tools });
performance.mark("ready");
void openOffline();
