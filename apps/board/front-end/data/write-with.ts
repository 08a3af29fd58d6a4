import type { ServiceClient } from "@kith/sdk/client";

import type { boardInterface, boardQueries } from "../../interface.ts";
import type { Write } from "./source.ts";

export type BoardClient = ServiceClient<{
  readonly actions: (typeof boardInterface)["actions"];
  readonly queries: typeof boardQueries;
  readonly rows: object;
  readonly events: object;
}>;

/** Asks the service to do it; gives the number of what it made, if it made something. */
export function writeWith({ actions }: BoardClient, write: Write) {
  switch (write.kind) {
    case "start": {
      const { title, text } = write;
      return actions.startThread({ title, text });
    }
    case "reply": {
      const { kind: _kind, ...args } = write;
      return actions.reply(args);
    }
    case "edit": {
      const { thread, number, text } = write;
      return actions.edit({ thread, number, text });
    }
    case "react":
    case "unreact": {
      const { thread, number, reaction } = write;
      return actions[write.kind]({ thread, number, kind: reaction });
    }
    case "lock":
    case "pin": {
      const { thread, enabled } = write;
      return actions[write.kind]({ thread, enabled, reason: "" });
    }
    case "hide-post": {
      const { thread, number, enabled } = write;
      return actions.hidePost({ thread, number, enabled, reason: "" });
    }
  }
}
