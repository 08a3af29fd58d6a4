import { check } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { implementFunction } from "@kith/sdk/plugin";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";

import { boardPlugin, draftCodec } from "../plugin-interface.ts";
import { postBytesMax, titleBytesMax } from "../service/limits.ts";

const { functions } = boardPlugin;
const bucket = "drafts";

export const draft = described(
  "Gives what you have typed and not sent.",
  implementFunction(functions.draft, "max", (context, { thread }) => {
    const packed = context.call(clientDataPlugin).get({ bucket, key: keyOf(thread) });
    const kept = packed === undefined ? undefined : draftCodec.unpack(packed);
    return kept?.ok === true ? kept.value : undefined;
  }),
);

export const keepDraft = described(
  "Keeps what you have typed on this device.",
  implementFunction(functions.keepDraft, "max", (context, { thread, ...typed }) => {
    const data = context.call(clientDataPlugin);
    const place = { bucket, key: keyOf(thread) };
    if (typed.text === "" && (typed.title ?? "") === "") {
      data.remove(place);
      return;
    }
    const value = draftCodec.pack(typed);
    check(value.length <= draftBytesMax, "draft-too-long", `at most ${draftBytesMax} bytes`);
    data.set({ ...place, value });
  }),
);

/** Somebody may type more than can be sent, and shorten it later. */
const draftBytesMax = 2 * (postBytesMax + titleBytesMax);

function keyOf(thread: number): string {
  return thread === 0 ? "new-thread" : `thread-${thread}`;
}
