import type { AccountName, MethodName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import { sitesInterface } from "@kith/sdk/system/sites";
import { z } from "zod";

import type { Package, PostinstallAction } from "./package.ts";

/** Whom the pages of one of a package's sites may talk to, beside the site itself. */
export type SiteReach = {
  readonly account: AccountName;
  readonly connect: readonly string[];
  /** Content security policies that the package brings along; they say themselves what they allow. */
  readonly policies: readonly string[];
};

/** What a package's script sets, in the order of the accounts: for whoever decides about the package. */
export function siteReaches({ postinstall }: Pick<Package, "postinstall">): readonly SiteReach[] {
  const reaches = new Map<AccountName, SiteReach>();
  for (const action of postinstall) {
    const found = reachOf(action);
    if (found === undefined) continue;
    const { account } = found;
    const before = reaches.get(account) ?? { connect: [], policies: [] };
    reaches.set(account, {
      account,
      connect: [...before.connect, ...found.connect],
      policies: [...before.policies, ...found.policies],
    });
  }
  return [...reaches.values()].filter(
    ({ connect, policies }) => connect.length > 0 || policies.length > 0,
  );
}

const policyJson = z.object({ csp: z.string().nullish(), connect: z.array(z.string()) });
const cspJson = z.object({ csp: z.string() });

function reachOf({
  sender,
  service,
  method,
  data,
  rawData,
}: PostinstallAction): SiteReach | undefined {
  if (service !== sitesInterface.name) return undefined;
  const { setPolicy, setCsp } = sitesInterface.actions;
  if (isMethod(method, "setPolicy")) {
    const args = argumentsOf(rawData, setPolicy.args) ?? policyJson.safeParse(data).data;
    if (args === undefined) return undefined;
    const { csp, connect } = args;
    return { account: sender, connect, policies: typeof csp === "string" ? [csp] : [] };
  }
  if (!isMethod(method, "setCsp")) return undefined;
  const args = argumentsOf(rawData, setCsp.args) ?? cspJson.safeParse(data).data;
  return args === undefined ? undefined : { account: sender, connect: [], policies: [args.csp] };
}

/** A script may spell a method in any way that has the same number. */
function isMethod(method: MethodName, name: string): boolean {
  return methodNameConstant(method) === methodNameConstant(name);
}

type Arguments<T> = {
  unpack(packed: Uint8Array): { readonly ok: true; readonly value: T } | { readonly ok: false };
};

/** What cannot be read as the action's arguments ends the installation, and says nothing here. */
function argumentsOf<T>(rawData: Uint8Array | undefined, args: Arguments<T>): T | undefined {
  const unpacked = rawData === undefined ? undefined : args.unpack(rawData);
  return unpacked?.ok === true ? unpacked.value : undefined;
}
