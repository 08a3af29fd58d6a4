import type { PluginContext } from "@kith/sdk/plugin";
import { clientDataPlugin, type Bucket } from "@kith/sdk/plugins/client-data";
import { permissionsPlugin, type Grant } from "@kith/sdk/plugins/permissions";

import { grantsMax } from "./limits.ts";

/** Where grants are kept: an answer of the user counts, whatever becomes of the call that made him be asked. */
export type Memory = Pick<Bucket, "duration">;
export const lasting: Memory = { duration: "persistent" };
export const ofSession: Memory = { duration: "session" };

/** All of a user's grants are one value: a call that needs trust reads them once. */
const key = "grants";
const codec = permissionsPlugin.functions.grants.result;

export function grantsOf(context: PluginContext, memory: Memory): readonly Grant[] {
  const packed = context.call(clientDataPlugin).get({ ...bucketOf(context, memory), key });
  const kept = packed === undefined ? undefined : codec.unpack(packed);
  return kept?.ok === true ? kept.value : [];
}

/** A new consent takes the place of an older one for these two, and a new refusal that of an older refusal. */
export function remember(context: PluginContext, memory: Memory, grant: Grant): void {
  const others = grantsOf(context, memory).filter(
    (kept) => !isOf(kept, grant) || isRefusal(kept) !== isRefusal(grant),
  );
  write(context, memory, [...others, grant].slice(-grantsMax));
}

/** False when there was none. */
export function revokeIn(
  context: PluginContext,
  memory: Memory,
  pair: Pick<Grant, "caller" | "callee">,
): boolean {
  const before = grantsOf(context, memory);
  const left = before.filter((kept) => !isOf(kept, pair));
  if (left.length === before.length) return false;
  write(context, memory, left);
  return true;
}

function write(context: PluginContext, memory: Memory, kept: readonly Grant[]): void {
  const value = codec.pack(kept);
  context.call(clientDataPlugin).set({ ...bucketOf(context, memory), key, value });
}

function bucketOf(context: PluginContext, memory: Memory): Bucket {
  // Some apps are used without an account; what is granted to them is granted by whoever uses the browser.
  const scope = context.about.user === undefined ? "browser" : "user";
  return { bucket: "grants", mode: "non-transactional", scope, ...memory };
}

function isOf(grant: Grant, { caller, callee }: Pick<Grant, "caller" | "callee">): boolean {
  return grant.caller === caller && grant.callee === callee;
}

export function isRefusal({ answer }: Grant): boolean {
  return answer === "never";
}
