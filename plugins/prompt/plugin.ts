import { abort, check } from "@kith/sdk/abort";
import { checkCaller } from "@kith/sdk/callers";
import { implementFunction, plugin, type Plugin } from "@kith/sdk/plugin";
import { promptHost } from "@kith/sdk/plugin-host";
import { promptPlugin } from "@kith/sdk/plugins/prompt";
import { isPromptKind, parsePromptDetails, type PromptKind } from "@kith/sdk/plugins/prompt-kinds";

const { functions } = promptPlugin;

/** Who asks what. Nobody else shows anything above an app's page. */
const askers: Readonly<Record<PromptKind, readonly string[]>> = {
  permission: ["perms"],
  "sign-in": ["accounts"],
  connect: ["accounts"],
  "add-device": ["accounts", "auth-keys"],
  "recovery-code": ["accounts"],
  "enter-recovery-code": ["accounts"],
  confirm: ["accounts", "auth-keys", "invite"],
};

const ask = implementFunction(functions.ask, "none", (context, { kind, details }) => {
  if (!isPromptKind(kind)) abort("prompt-unknown", `nothing is asked that is called ${kind}`);
  checkCaller(context, ...askers[kind]);
  const isReadable = parsePromptDetails(kind, details) !== undefined;
  check(isReadable, "prompt-malformed", `these are no details of ${kind}`);
  return context.call(promptHost).ask({ kind, details });
});

export const prompt: Plugin<(typeof promptPlugin)["functions"]> = plugin("prompt", {
  doc: "Asks the user, above the page, what the system's own plugins have to know.",
  imports: [promptHost],
  exports: { ask },
});
