import { toHex } from "@kith/sdk/bytes";
import type { PluginContext } from "@kith/sdk/plugin";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import type { InviteShown } from "@kith/sdk/plugins/invite";
import { packText, unpackText } from "@kith/sdk/texts";

import { keptLinksMax } from "./limits.ts";

/** An invite that is made in this browser, and its link, which the network does not know. */
type MadeInvite = Pick<InviteShown, "key" | "expiresAt"> & { readonly link: string };

const place = { bucket: "invites" };

/**
 * Each link has a place of its own: calls whose invites wait for the network know nothing of each other's links, and none of them may take
 * away another's. Names are in the order in which invites end.
 */
function nameOf({ key, expiresAt }: Pick<InviteShown, "key" | "expiresAt">): string {
  return `${String(expiresAt).padStart(16, "0")} ${toHex(key)}`;
}

/** So that it can be shown again. Those that end first are forgotten when there are too many. */
export function keepLink(context: PluginContext, made: MadeInvite): void {
  const data = context.call(clientDataPlugin);
  const names = data.keys(place);
  const tooMany = Math.max(0, names.length + 1 - keptLinksMax);
  for (const key of names.slice(0, tooMany)) data.remove({ ...place, key });
  data.set({ ...place, key: nameOf(made), value: packText(made.link) });
}

/** With their links, as far as these are here and still of use. */
export function withLinks(
  context: PluginContext,
  invites: readonly InviteShown[],
): readonly InviteShown[] {
  const data = context.call(clientDataPlugin);
  const names = new Set(data.keys(place));
  return invites.map((invite) => {
    const key = nameOf(invite);
    // Each is a question of its own, and asked where somebody may want to know.
    const kept =
      invite.state === "open" && names.has(key) ? data.get({ ...place, key }) : undefined;
    const link = kept === undefined ? undefined : unpackText(kept);
    return link === undefined ? invite : { ...invite, link };
  });
}
