import type { PluginContext } from "@kith/sdk/plugin";
import { grouped, heard, speak } from "@kith/sdk/spoken-code";
import { packText } from "@kith/sdk/texts";
import type { AccountName } from "@kith/sdk/types";

/**
 * What is printed for a drawer: 120 random bits as 24 characters, and one that tells most slips of the pen, for the account's
 * name as well. Nobody guesses 120 bits, so one hash makes a key of them; the text before them keeps them apart from
 * whatever else is hashed, and makes other keys of the same code for other accounts and networks.
 */
export const codeRandomBytes = 15;
const codeChars = 25;

export function recoveryCodeOf(
  context: PluginContext,
  account: AccountName,
  random: Uint8Array,
): string {
  const body = speak(random);
  return body + checkOf(context, account, body);
}

/** As it is printed. */
export function printed(code: string): string {
  return grouped(code, 5);
}

/** Undefined for what was not printed for this account. */
export function parseRecoveryCode(
  context: PluginContext,
  account: AccountName,
  typed: string,
): string | undefined {
  const code = heard(typed);
  const isWhole = code.length === codeChars && /^[0-9A-Z]+$/.test(code);
  const body = code.slice(0, -1);
  return isWhole && code.endsWith(checkOf(context, account, body)) ? code : undefined;
}

/** Of the key that the code stands for. */
export function seedOf(context: PluginContext, account: AccountName, code: string): Uint8Array {
  const { network } = context.about;
  return context.sha256(packText(`kith recovery seed 1 ${network} ${account} ${code}`));
}

function checkOf(context: PluginContext, account: AccountName, body: string): string {
  return speak(context.sha256(packText(`kith recovery check 1 ${account} ${body}`))).charAt(0);
}
