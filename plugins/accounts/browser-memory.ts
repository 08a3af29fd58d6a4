import type { PluginContext } from "@kith/sdk/plugin";
import { clientDataPlugin, type Bucket } from "@kith/sdk/plugins/client-data";
import { account, bool, bytes, list, object, type AccountName, type Codec } from "@kith/sdk/types";

/** A key that another device, or friends, are to add to an account. */
type Waiting = { readonly account: AccountName; readonly publicKey: Uint8Array };

const waiting: Codec<readonly Waiting[]> = list(object({ account, publicKey: bytes }));

/**
 * What is remembered for all who use this browser. Each thing has a place of its own: what waits for the network is written
 * when it counts, and may not bring back what was known of the others when it was made.
 */
const bucket: Bucket = { bucket: "browser", scope: "browser" };
/** Apps that were signed out of by themselves. */
const signedOut: Bucket = { bucket: "signed-out", scope: "browser" };
/** A key that is shown to others counts from then on, whatever becomes of the call. */
const atOnce: Bucket = { ...bucket, mode: "non-transactional" };

const waitingMax = 20;

/** With whom new apps begin. */
export function currentAccount(context: PluginContext): AccountName | undefined {
  return read(context, { ...bucket, key: "current" }, account);
}

export function setCurrentAccount(context: PluginContext, name: AccountName | undefined): void {
  const place = { ...bucket, key: "current" };
  if (name === undefined) context.call(clientDataPlugin).remove(place);
  else context.call(clientDataPlugin).set({ ...place, value: account.pack(name) });
}

/** New apps know their user without asking. */
export function isEverywhere(context: PluginContext): boolean {
  return read(context, { ...bucket, key: "everywhere" }, bool) ?? false;
}

export function setEverywhere(context: PluginContext, everywhere: boolean): void {
  const value = bool.pack(everywhere);
  context.call(clientDataPlugin).set({ ...bucket, key: "everywhere", value });
}

/** The app asks again. */
export function isSignedOut(context: PluginContext, app: AccountName): boolean {
  return read(context, { ...signedOut, key: app }, bool) ?? false;
}

export function setSignedOut(context: PluginContext, app: AccountName, isOut: boolean): void {
  const place = { ...signedOut, key: app };
  if (isOut) context.call(clientDataPlugin).set({ ...place, value: bool.pack(true) });
  else context.call(clientDataPlugin).remove(place);
}

export function waitingKeys(context: PluginContext): readonly Waiting[] {
  return read(context, { ...atOnce, key: "waiting" }, waiting) ?? [];
}

export function waitWith(context: PluginContext, key: Waiting): void {
  const others = waitingKeys(context).filter((other) => other.account !== key.account);
  const value = waiting.pack([...others, key].slice(-waitingMax));
  context.call(clientDataPlugin).set({ ...atOnce, key: "waiting", value });
}

function read<T>(
  context: PluginContext,
  place: Bucket & { readonly key: string },
  codec: Codec<T>,
): T | undefined {
  const packed = context.call(clientDataPlugin).get(place);
  const kept = packed === undefined ? undefined : codec.unpack(packed);
  return kept?.ok === true ? kept.value : undefined;
}
