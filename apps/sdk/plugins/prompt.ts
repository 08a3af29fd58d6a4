import { str } from "@kith/protocol/fracpack";

import { abort } from "../abort.ts";
import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import type { PluginContext } from "../plugin.ts";
import { signature, type Signature } from "../signature.ts";
import {
  parsePromptAnswer,
  type PromptAnswers,
  type PromptDetails,
  type PromptKind,
} from "./prompt-kinds.ts";

/** Questions to the user, drawn by the supervisor above the page of whatever app. */
export const promptPlugin: PluginInterface<{
  /**
   * Details and answer are JSON, of the kinds in `prompt-kinds.ts`. Each kind is for the system's own plugins that need it. Aborts
   * with `prompt-dismissed` when the user turns away.
   */
  readonly ask: Signature<{ readonly kind: string; readonly details: string }, string>;
}> = pluginInterface("prompt", { ask: signature({ kind: str, details: str }, str) });

/** Asks the user, for plugins that import `promptPlugin`. */
export function askUser<Kind extends PromptKind>(
  context: PluginContext,
  kind: Kind,
  details: PromptDetails[Kind],
): PromptAnswers[Kind] {
  const json = context.call(promptPlugin).ask({ kind, details: JSON.stringify(details) });
  return parsePromptAnswer(kind, json) ?? abort("answer-malformed", `that answers no ${kind}`);
}
