import assert from "node:assert/strict";
import { test } from "node:test";

import type { Draft } from "../../plugin-interface.ts";
import { Drafts } from "./drafts.ts";

const answer = { account: "alice", thread: 3 };

/** Drafts over a device that remembers `kept`, with a clock that the test moves. */
function draftsOver(kept = new Map<number, Draft>()) {
  let timers: readonly (() => void)[] = [];
  const source = {
    draft: async (thread: number) => kept.get(thread),
    keepDraft: (thread: number, draft: Draft) => void kept.set(thread, draft),
  };
  const after = (_ms: number, run: () => void) => {
    timers = [...timers, run];
    return () => void (timers = timers.filter((each) => each !== run));
  };
  const passTime = (): void => {
    const due = timers;
    timers = [];
    for (const run of due) run();
  };
  return { drafts: new Drafts(source, { after }), kept, passTime };
}

test("what was typed last is kept once nobody types any more, or the page goes", () => {
  const { drafts, kept, passTime } = draftsOver();
  drafts.set(answer, { text: "I" });
  drafts.set(answer, { text: "I can" });
  assert.equal(kept.get(3), undefined);
  passTime();
  assert.deepEqual(kept.get(3), { text: "I can" });
  drafts.set(answer, { text: "I can come" });
  drafts.flush();
  assert.deepEqual(kept.get(3), { text: "I can come" });
  kept.clear();
  passTime();
  assert.equal(kept.size, 0, "it is kept once");
});

test("an earlier page's draft is there, and never in the place of what was typed meanwhile", async () => {
  const kept = new Map([[3, { text: "earlier" }]]);
  assert.deepEqual(await draftsOver(kept).drafts.load(answer), { text: "earlier" });
  const { drafts } = draftsOver(kept);
  const loading = drafts.load(answer);
  drafts.set(answer, { text: "now" });
  assert.deepEqual(await loading, { text: "now" });
  assert.deepEqual(drafts.known(answer), { text: "now" });
});

test("drafts are those of who is signed in, and stay on the page while nobody is", async () => {
  const { drafts, kept, passTime } = draftsOver();
  drafts.set({ account: undefined, thread: 0 }, { title: "Bread", text: "" });
  passTime();
  assert.equal(kept.size, 0);
  assert.deepEqual(drafts.known({ account: undefined, thread: 0 }), { title: "Bread", text: "" });
  drafts.set(answer, { text: "mine" });
  assert.deepEqual(await drafts.load({ account: "bob", thread: 3 }), { text: "" });
});

test("what is being sent is kept on the device until that is done, and not shown", async () => {
  const { drafts, kept, passTime } = draftsOver();
  drafts.set(answer, { text: "I can come" });
  const forget = drafts.clear(answer);
  assert.deepEqual([drafts.known(answer), kept.get(3)], [{ text: "" }, { text: "I can come" }]);
  passTime();
  assert.deepEqual(kept.get(3), { text: "I can come" });
  forget();
  assert.deepEqual(kept.get(3), { text: "" });
});

test("what is typed while something is being sent is not forgotten with it", () => {
  const { drafts, kept, passTime } = draftsOver();
  drafts.set(answer, { text: "first" });
  const forget = drafts.clear(answer);
  drafts.set(answer, { text: "second" });
  forget();
  passTime();
  assert.deepEqual([drafts.known(answer), kept.get(3)], [{ text: "second" }, { text: "second" }]);
});
