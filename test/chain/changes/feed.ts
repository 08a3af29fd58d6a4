import { historyEvent } from "@kith/sdk/event";
import { jsonReply } from "@kith/sdk/reply";
import { action, service, type Service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { account, str, u32 } from "@kith/sdk/types";

/** A service of tests that others listen to. */

const posts = table(
  "posts",
  { author: account, number: u32, topic: str, text: str },
  { key: ["author", "number"], indexes: { byTopic: ["topic"] } },
);
const drafts = table("drafts", { id: u32 }, { key: ["id"], private: true });
const counts = table("counts", { id: u32, count: u32 }, { key: ["id"] });
const posted = historyEvent("posted", { number: u32, text: str }, { indexes: ["number"] });

const post = action({ number: u32, topic: str, text: str }, nothing, (context, given) => {
  context.table(posts).put({ author: context.sender, ...given });
  context.emit(posted, { number: given.number, text: given.text });
});
const postMany = action({ from: u32, count: u32, text: str }, nothing, (context, given) => {
  for (let number = given.from; number < given.from + given.count; number++) {
    context.table(posts).put({ author: context.sender, number, topic: "many", text: given.text });
  }
});
const emitMany = action({ count: u32 }, nothing, (context, { count }) => {
  for (let number = 0; number < count; number++) context.emit(posted, { number, text: "again" });
});
const remove = action({ number: u32 }, nothing, (context, { number }) => {
  context.table(posts).remove({ author: context.sender, number });
});
const draft = action({ id: u32 }, nothing, (context, { id }) => {
  context.table(drafts).put({ id });
});
const count = action({ id: u32, count: u32 }, nothing, (context, given) => {
  context.table(counts).put(given);
});

const actions = { post, postMany, emitMany, remove, draft, count };

export const feed: Service<typeof actions> = service("feed", {
  tables: [posts, drafts, counts],
  actions,
  events: [posted],
  http: (context, { path }) => {
    if (path === "/count") return jsonReply({ count: context.table(counts).get({ id: 1 })?.count });
    if (path === "/height") return jsonReply({ height: context.blockNum });
    return undefined;
  },
});
