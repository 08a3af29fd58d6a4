import type { PluginContext } from "@kith/sdk/plugin";
import { clientDataPlugin, type Bucket } from "@kith/sdk/plugins/client-data";
import {
  account,
  bool,
  bytes,
  list,
  object,
  option,
  type AccountName,
  type Codec,
} from "@kith/sdk/types";

/** What is remembered for all who use this browser. */
export type Preferences = {
  /** With whom new apps begin. */
  readonly current?: AccountName;
  /** New apps know their user without asking. */
  readonly everywhere: boolean;
  /** Apps that were signed out of by themselves: these ask again. */
  readonly signedOut: readonly AccountName[];
};

/** A key that another device, or friends, are to add to an account. */
type Waiting = { readonly account: AccountName; readonly publicKey: Uint8Array };

const preferences: Codec<Preferences> = object({
  current: option(account),
  everywhere: bool,
  signedOut: list(account),
});
const waiting: Codec<readonly Waiting[]> = list(object({ account, publicKey: bytes }));

const bucket: Bucket = { bucket: "browser", scope: "browser" };
/** A key that is shown to others counts from then on, whatever becomes of the call. */
const atOnce: Bucket = { ...bucket, mode: "non-transactional" };

const signedOutMax = 200;
const waitingMax = 20;

export function preferencesOf(context: PluginContext): Preferences {
  const none = { everywhere: false, signedOut: [] };
  return read(context, { ...bucket, key: "preferences" }, preferences) ?? none;
}

export function prefer(context: PluginContext, wanted: Preferences): void {
  const signedOut = wanted.signedOut.slice(-signedOutMax);
  const value = preferences.pack({ ...wanted, signedOut });
  context.call(clientDataPlugin).set({ ...bucket, key: "preferences", value });
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
