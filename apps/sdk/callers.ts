import { check } from "./abort.ts";
import type { PluginContext } from "./plugin.ts";

/** The app in which people manage their accounts: the only one that may do what all of an account is at stake for. */
export const managerApp = "home";

/** Aborts unless one of these called. */
export function checkCaller({ caller, self }: PluginContext, ...allowed: readonly string[]): void {
  check(allowed.includes(caller), "permission-denied", `${self} does not do this for ${caller}`);
}

/** Aborts unless it was a page of `home`, and not another app that has a plugin there act for it. */
export function checkManager(context: PluginContext): void {
  checkCaller(context, managerApp);
  checkApp(context, managerApp);
}

/** Aborts unless the app's own page called. */
export function checkOwnPage(context: PluginContext): void {
  checkApp(context, context.caller);
}

function checkApp({ app, caller }: PluginContext, wanted: string): void {
  check(app === wanted, "permission-denied", `the page is one of ${app}, not of ${caller}`);
}
