import { abort, check } from "@kith/sdk/abort";
import { checkCaller, checkManager } from "@kith/sdk/callers";
import { implementFunction, plugin, type Plugin, type PluginContext } from "@kith/sdk/plugin";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import { permissionsPlugin, type WantedCall } from "@kith/sdk/plugins/permissions";
import { askUser, promptPlugin } from "@kith/sdk/plugins/prompt";

import {
  grantsOf,
  isRefusal,
  lasting,
  ofSession,
  remember,
  revokeIn,
  type Memory,
} from "./grants.ts";
import { coveredBy, parseLevel, type AskedLevel } from "./levels.ts";

const { functions } = permissionsPlugin;

const authorize = implementFunction(functions.authorize, "none", (context, wanted) => {
  checkCaller(context, "supervisor");
  const level = parseLevel(wanted.level);
  if (level === undefined) abort("level-unknown", `nobody is asked for ${wanted.level}`);
  if (isGranted(context, wanted, level)) return;
  const { answer } = ask(context, wanted, level);
  if (answer !== "once") {
    const { caller, callee } = wanted;
    const since = context.about.nowMicros;
    const memory: Memory = answer === "session" ? ofSession : lasting;
    remember(context, memory, { caller, callee, level, answer, since });
  }
  if (answer === "never") refuse(wanted);
});

const grants = implementFunction(functions.grants, "none", (context) => {
  checkManager(context);
  return [...grantsOf(context, lasting), ...grantsOf(context, ofSession)];
});

const revoke = implementFunction(functions.revoke, "none", (context, pair) => {
  checkManager(context);
  const had = [lasting, ofSession].map((memory) => revokeIn(context, memory, pair));
  check(
    had.includes(true),
    "grant-unknown",
    `${pair.caller} was granted nothing of ${pair.callee}`,
  );
});

export const permissions: Plugin<(typeof permissionsPlugin)["functions"]> = plugin("perms", {
  doc: "Remembers which app may call whose plugin in the user's name.",
  imports: [clientDataPlugin, promptPlugin],
  exports: { authorize, grants, revoke },
});

/** Refusals count first, whatever was granted; what is granted for good is looked at before what the session has. */
function isGranted(context: PluginContext, wanted: WantedCall, level: AskedLevel): boolean {
  const { caller, callee } = wanted;
  for (const memory of [lasting, ofSession]) {
    const known = grantsOf(context, memory).filter(
      (grant) => grant.caller === caller && grant.callee === callee,
    );
    // Who may not even do what takes little trust may not do what takes more.
    if (known.some((grant) => isRefusal(grant) && coveredBy(grant.level, level))) {
      refuse(wanted);
    }
    if (known.some((grant) => !isRefusal(grant) && coveredBy(level, grant.level))) return true;
  }
  return false;
}

function ask(context: PluginContext, wanted: WantedCall, level: AskedLevel) {
  const { app, user } = context.about;
  const who = user === undefined ? { app } : { app, user };
  return askUser(context, "permission", { ...wanted, level, ...who });
}

function refuse({ caller, callee, called }: WantedCall): never {
  return abort("permission-denied", `the user does not let ${caller} call ${called} of ${callee}`);
}
