import { check } from "@kith/sdk/abort";
import type { QueryContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { authAnyInterface } from "@kith/sdk/system/auth-any";
import { table } from "@kith/sdk/table";
import { bool, u8 } from "@kith/sdk/types";

const settings = table("settings", { id: u8, allowed: bool }, { key: ["id"] });
const only = { id: 0 };
const { actions } = authAnyInterface;

const checkAuth = implement(actions.checkAuth, (context) => checkAllowed(context));
const canAuthUser = implement(actions.canAuthUser, (context) => {
  checkAllowed(context);
  return true;
});
const isAuthorized = implement(actions.isAuthorized, (context) => isAllowed(context));
const isRejected = implement(actions.isRejected, (_context, { sender, by }) => by.includes(sender));
const hasSay = implement(actions.hasSay, (context) => isAllowed(context));

const allow = implement(actions.allow, (context) => {
  check(context.blockNum === 1, "not-genesis", "a network allows this from its start, or never");
  context.table(settings).put({ ...only, allowed: true });
});

const allowed = implement(actions.allowed, isAllowed);

export const authAny: ServiceModule = service("auth-any", {
  tables: [settings],
  actions: { checkAuth, canAuthUser, isAuthorized, isRejected, hasSay, allow, allowed },
}).module;

function isAllowed(context: QueryContext): boolean {
  return context.table(settings).get(only)?.allowed ?? false;
}

function checkAllowed(context: QueryContext): void {
  const message = "this network is not for development: everybody may act for nobody";
  check(isAllowed(context), "auth-any-forbidden", message);
}
