import type { PluginContext } from "@kith/sdk/plugin";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import { bytes, list, object, str, type Codec } from "@kith/sdk/types";

import { keptLinksMax } from "./limits.ts";

/** A link that was made in this browser, so that it can be shown again: the network does not know it. */
type KeptLink = { readonly key: Uint8Array; readonly link: string };

const codec: Codec<readonly KeptLink[]> = list(object({ key: bytes, link: str }));
const place = { bucket: "links", key: "made" };

export function keptLinks(context: PluginContext): readonly KeptLink[] {
  const packed = context.call(clientDataPlugin).get(place);
  const kept = packed === undefined ? undefined : codec.unpack(packed);
  return kept?.ok === true ? kept.value : [];
}

export function keepLink(context: PluginContext, made: KeptLink): void {
  const value = codec.pack([...keptLinks(context), made].slice(-keptLinksMax));
  context.call(clientDataPlugin).set({ ...place, value });
}
