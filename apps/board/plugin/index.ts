import { plugin, type Plugin } from "@kith/sdk/plugin";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import { httpPlugin } from "@kith/sdk/plugins/http";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import type { boardPlugin } from "../plugin-interface.ts";
import { draft, keepDraft } from "./drafts.ts";
import { newest } from "./reading.ts";
import { share } from "./sharing.ts";

export const board: Plugin<(typeof boardPlugin)["functions"]> = plugin("board", {
  doc: "Puts what other apps share on the board, and keeps what you have not sent.",
  imports: [clientDataPlugin, httpPlugin, transactPlugin],
  exports: { share, newest, draft, keepDraft },
});
