import { acting } from "@kith/sdk/acting";
import { described } from "@kith/sdk/described";
import { implementFunction } from "@kith/sdk/plugin";

import { boardInterface } from "../interface.ts";
import { boardPlugin } from "../plugin-interface.ts";
import { checkPost, checkTitle } from "../service/texts.ts";

/** What the service would refuse is refused before anybody is asked to sign it. */
export const share = described(
  "Starts a thread in your name.",
  implementFunction(boardPlugin.functions.share, "medium", (context, { title, text }) => {
    checkTitle(title);
    checkPost(text);
    acting(context, boardInterface).startThread({ title, text });
  }),
);
