import { abort } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { implementFunction } from "@kith/sdk/plugin";
import { askOwn } from "@kith/sdk/plugins/http";
import { listOf, longWhole, record, text } from "@kith/sdk/plugins/json-shape";

import { boardPlugin } from "../plugin-interface.ts";
import { pageRowsMax, titleBytesMax } from "../service/limits.ts";

const headline = record({ id: longWhole, title: text(titleBytesMax), posts: longWhole });
const answer = record({ threads: listOf(headline, pageRowsMax) });

/** Everybody may read the board, so no app is asked about. */
export const newest = described(
  "Lists the newest threads.",
  implementFunction(boardPlugin.functions.newest, "none", (context, { limit }) => {
    const { threads } =
      answer.parse(askOwn(context, "newestThreads", { limit })) ??
      abort("answer-malformed", "the board's answer is unreadable");
    return threads;
  }),
);
