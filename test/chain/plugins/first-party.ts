import type { PluginCode, PluginMachine } from "@kith/supervisor/plugin-machine";

import { machineWith, ownPlugin } from "../../plugin-machine.ts";
import { InviteNetwork } from "../invited.ts";
import { TestBrowser, type BrowserOptions } from "./browser/browser.ts";

/** The system's own plugins, by the folders in which they are. */
const folders: readonly string[] = [
  "accounts",
  "auth-keys",
  "auth-sig",
  "client-data",
  "crypto",
  "http",
  "invite",
  "keys",
  "permissions",
  "prompt",
  "transact",
];

const codes = await Promise.all(folders.map((folder) => ownPlugin(`plugins/${folder}/plugin.ts`)));

export const firstParty: ReadonlyMap<string, PluginCode> = new Map(
  codes.map((code) => [code.account, code]),
);

/** All of them, and those of a test. */
export function systemMachine(...more: readonly PluginCode[]): PluginMachine {
  return machineWith([...codes, ...more]);
}

const machine = systemMachine();

/** A browser on a network that has accounts, invites and some people with one key each. */
export function newBrowser(options: Partial<BrowserOptions> = {}): TestBrowser {
  return new TestBrowser({ machine, network: new InviteNetwork(), ...options });
}
