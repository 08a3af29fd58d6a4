import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import { abort } from "../abort.ts";
import { concatBytes, fromHex, toHex } from "../bytes.ts";
import { managerApp } from "../callers.ts";
import type { PluginContext } from "../plugin.ts";
import { queryParameters } from "../query-parameters.ts";
import { grouped, heard, speak } from "../spoken-code.ts";
import { packText } from "../texts.ts";
import { askUser } from "./prompt.ts";

/**
 * What a browser without a key of the account shows, as a link and a QR code, to one that may let it in. Nothing in it is secret: a
 * link that was stolen is good for nothing. One that was put in its place has another code than the new device shows.
 */
export type DeviceLink = {
  /** `add=`: other devices of the account let it in. `help=`: its friends do. */
  readonly helpers: "devices" | "friends";
  readonly account: AccountName;
  /** The new device's key, as SPKI. */
  readonly publicKey: Uint8Array;
  /** What it calls itself. */
  readonly label: string;
};

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key. */
const spkiHead = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0);
const keyBytes = 32;
export const labelCharsMax = 40;

/** To the page in which accounts are managed, without a scheme. */
export function writeDeviceLink(root: string, link: DeviceLink): string {
  const name = link.helpers === "friends" ? "help" : "add";
  const key = toHex(link.publicKey.subarray(spkiHead.length));
  const rest = `account=${link.account}&device=${encodeURIComponent(link.label)}`;
  return `//${managerApp}.${root}/#${name}=${key}&${rest}`;
}

/** What follows the `#`; undefined when it is no such link's. */
export function parseDeviceLink(fragment: string): DeviceLink | undefined {
  const given = queryParameters(fragment);
  const helpers = given.has("help") ? "friends" : "devices";
  const key = fromHex(given.get("help") ?? given.get("add") ?? "");
  const account = parseAccountName(given.get("account") ?? "");
  const label = readable(given.get("device") ?? "");
  if (!account.ok || !key.ok || key.value.length !== keyBytes || label === "") return undefined;
  const publicKey = concatBytes(spkiHead, key.value);
  return { helpers, account: account.value, publicKey, label };
}

/** Without what cannot be seen, and as long as a label may be. */
export function readable(label: string): string {
  return label.slice(0, labelCharsMax).replace(/\p{C}/gu, "").trim();
}

/** Somebody who wants to have a key with the same code has to try so many times as many hashes. */
const codeRounds = 256;
const codeBytes = 5;

/**
 * The code that the new device shows and the old one asks for: 40 bits of its key and account. Whoever types it has both
 * devices before him.
 */
export function deviceCode(
  context: Pick<PluginContext, "sha256">,
  { account, publicKey }: DeviceLink,
): string {
  let hash = context.sha256(concatBytes(packText(`kith device 1 ${account} `), publicKey));
  for (let round = 1; round < codeRounds; round++) hash = context.sha256(hash);
  return grouped(speak(hash.subarray(0, codeBytes)), 4);
}

const triesMax = 5;

/**
 * Has the code of the new device typed, by somebody who is asked what to call it, too. For plugins that import `promptPlugin`;
 * aborts with `code-wrong` after some tries.
 */
export function askForCode(context: PluginContext, link: DeviceLink): { readonly label: string } {
  const { account, helpers, label } = link;
  const code = heard(deviceCode(context, link));
  for (let tries = 0; tries < triesMax; tries++) {
    const isWrong = tries > 0;
    const details = { step: "confirm", account, label, helpers, isWrong } as const;
    const answered = askUser(context, "add-device", details);
    if (answered.answer === "code" && heard(answered.code) === code) return answered;
  }
  return abort("code-wrong", "this is not the code that the new device shows");
}
