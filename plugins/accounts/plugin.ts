import { described } from "@kith/sdk/described";
import { plugin, type Plugin } from "@kith/sdk/plugin";
import { sessionHost } from "@kith/sdk/plugin-host";
import type { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
import { httpPlugin } from "@kith/sdk/plugins/http";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { promptPlugin } from "@kith/sdk/plugins/prompt";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import { chooseAccount, current, signIn, signOut, welcome } from "./app-functions.ts";
import { addDevice, addPasskey, makeRecoveryCode } from "./device-functions.ts";
import {
  connectedApps,
  create,
  disconnect,
  everywhere,
  forget,
  known,
  setEverywhere,
  switchTo,
} from "./manager-functions.ts";
import { prove } from "./new-account.ts";

export const accounts: Plugin<(typeof accountsPlugin)["functions"]> = plugin("accounts", {
  doc: "Knows who uses this browser, and which app knows whom.",
  imports: [
    sessionHost,
    authKeysPlugin,
    clientDataPlugin,
    cryptoPlugin,
    httpPlugin,
    keysPlugin,
    promptPlugin,
    transactPlugin,
  ],
  exports: {
    prove,
    current: described("Says who is signed in to the app.", current),
    signIn: described("Signs somebody in to the app.", signIn),
    chooseAccount: described("Lets the user be somebody else.", chooseAccount),
    signOut: described("Signs out of the app.", signOut),
    create: described("Makes an account.", create),
    known: described("Lists the accounts in this browser.", known),
    switchTo,
    everywhere,
    setEverywhere,
    forget: described("Removes an account from this browser.", forget),
    connectedApps: described("Lists which app knows whom.", connectedApps),
    disconnect: described("Signs out of an app.", disconnect),
    addDevice: described("Lets another device act for the account.", addDevice),
    addPasskey: described("Lets a passkey act for the account.", addPasskey),
    makeRecoveryCode: described("Makes a code for when all devices are lost.", makeRecoveryCode),
    welcome,
  },
});
