import { str } from "@kith/protocol/fracpack";

import { httpHost, type HttpAnswer } from "../plugin-host.ts";
import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import type { PluginContext } from "../plugin.ts";
import { signature, type Signature } from "../signature.ts";

type Target = {
  /** Path and query on the subdomain of the calling plugin's account: `/query/balance?args=...`. */
  readonly target: string;
};

/** Reads of the calling plugin's own service, as the user who is signed in. It reaches no other host. */
export const httpPlugin: PluginInterface<{
  readonly get: Signature<Target, HttpAnswer>;
  /** The text of an answer in JSON; aborts with `http-failed` for any other. */
  readonly getJson: Signature<Target, string>;
}> = pluginInterface("http", {
  get: signature({ target: str }, httpHost.functions.get.result),
  getJson: signature({ target: str }, str),
});

export type { HttpAnswer } from "../plugin-host.ts";

export const targetCharsMax = 8000;

/** What a typed query of the calling plugin's own service answers, as JSON; for plugins that import `httpPlugin`. */
export function askOwn(context: PluginContext, query: string, args: object): unknown {
  const target = `/query/${query}?args=${encodeURIComponent(JSON.stringify(args))}`;
  return JSON.parse(context.call(httpPlugin).getJson({ target }));
}
