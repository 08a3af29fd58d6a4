import { toHex } from "@kith/sdk/bytes";
import type { ClientError } from "@kith/sdk/client";
import type { Kith } from "@kith/sdk/connect";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { invitePlugin, type InviteShown as Invite } from "@kith/sdk/plugins/invite";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { accountsQueries } from "@kith/sdk/system/accounts-queries";
import { authKeysInterface, type Recovery } from "@kith/sdk/system/auth-keys";
import { authKeysQueries } from "@kith/sdk/system/auth-keys-queries";
import { packagesInterface } from "@kith/sdk/system/packages";
import { packagesQueries, type ListedPackage } from "@kith/sdk/system/packages-queries";
import { sitesInterface } from "@kith/sdk/system/sites";
import { sitesQueries } from "@kith/sdk/system/sites-queries";
import { parseAccountName } from "@kith/sdk/types";

import { appUrl } from "./app-url.ts";
import { clientOf } from "./client-of.ts";
import { pluginShown } from "./plugin-shown.ts";
import type {
  AppShown,
  FriendsShown,
  GrantShown,
  InviteShown,
  Outcome,
  PluginShown,
  Questions,
  RecoveryShown,
} from "./source.ts";

const dayMs = 24 * 3600 * 1000;

/** What pages ask of the network and of the user's plugins. */
export function questionsOf(kith: Kith): Questions {
  const accounts = clientOf(kith, accountsInterface, accountsQueries);
  return {
    apps: () => appsOf(kith),
    devices: async () => {
      const asked = await kith.plugin(authKeysPlugin).devices({});
      return mapped(asked, ({ value }) =>
        value.map(({ id, role, label, addedAt, matureAt, isThis }) => ({
          id,
          isThis,
          role,
          label,
          addedAt: addedAt / 1000,
          ...(matureAt / 1000 > Date.now() ? { youngUntil: matureAt / 1000 } : {}),
        })),
      );
    },
    friends: () => friendsOf(kith),
    invites: async () =>
      mapped(await kith.plugin(invitePlugin).list({}), ({ value }) => value.map(inviteShown)),
    grants: async () =>
      mapped(await kith.plugin(permissionsPlugin).grants({}), ({ value }) =>
        value.map((grant) => ({
          ...grant,
          level: levels.find((each) => each === grant.level) ?? "max",
          answer: answers.find((each) => each === grant.answer) ?? "never",
          since: grant.since / 1000,
        })),
      ),
    plugins: () => pluginsOf(kith),
    connected: async () =>
      mapped(await kith.plugin(accountsPlugin).connectedApps({}), ({ value }) => value),
    invite: async (fragment) =>
      mapped(await kith.plugin(invitePlugin).look({ fragment }), ({ value }) =>
        value === undefined ? undefined : inviteShown(value),
      ),
    nameStanding: async (text) => {
      const name = parseAccountName(text);
      if (!name.ok) return { ok: true, value: "malformed" };
      return mapped(await accounts.queries.nameStanding({ name: name.value }), (told) => told);
    },
  };
}

const levels: readonly GrantShown["level"][] = ["low", "medium", "high", "max"];
const answers: readonly GrantShown["answer"][] = ["session", "always", "never"];
const states: readonly InviteShown["state"][] = ["open", "expired", "used-up", "revoked"];

function inviteShown({ key, state, expiresAt, ...invite }: Invite): InviteShown {
  return {
    ...invite,
    key: toHex(key),
    expiresAt: expiresAt / 1000,
    state: states.find((each) => each === state) ?? "revoked",
  };
}

/** The system's own pages, which nobody opens as an app. */
const ownPages: ReadonlySet<string> = new Set(["home", "supervisor"]);

async function appsOf(kith: Kith): Promise<Outcome<readonly AppShown[]>> {
  const packages = clientOf(kith, packagesInterface, packagesQueries);
  const sites = clientOf(kith, sitesInterface, sitesQueries);
  const apps: AppShown[] = [];
  let after: Pick<ListedPackage, "name" | "owner"> | undefined;
  do {
    const listed = await packages.queries.listPackages(after === undefined ? {} : { after });
    if (!listed.ok) return failed(listed.error);
    const byAccount = new Map(
      listed.value.packages.flatMap((each) => each.accounts.map((name) => [name, each] as const)),
    );
    for (const chunk of chunks([...byAccount.keys()], 100)) {
      const pages = await sites.queries.pages({ accounts: chunk });
      if (!pages.ok) return failed(pages.error);
      for (const { account, icon } of pages.value) {
        const found = byAccount.get(account);
        if (found === undefined || ownPages.has(account)) continue;
        const { description, version } = found;
        const url = appUrl(account);
        const iconUrl = icon === undefined ? {} : { iconUrl: appUrl(account, icon) };
        apps.push({ account, description, version, url, ...iconUrl });
      }
    }
    after = listed.value.next;
  } while (after !== undefined);
  return { ok: true, value: apps.toSorted((a, b) => (a.account < b.account ? -1 : 1)) };
}

/** Of all apps, and of what they use. */
async function pluginsOf(kith: Kith): Promise<Outcome<readonly PluginShown[]>> {
  const apps = await appsOf(kith);
  if (!apps.ok) return apps;
  const sites = clientOf(kith, sitesInterface, sitesQueries);
  const found = new Map<string, PluginShown>();
  const accounts = apps.value.map(({ account }) => account);
  for (const chunk of chunks(accounts, 64)) {
    const listed = await sites.queries.plugins({ accounts: chunk });
    if (!listed.ok) return failed(listed.error);
    for (const { account, manifest } of listed.value) {
      const shown = pluginShown(account, manifest);
      if (shown !== undefined) found.set(account, shown);
    }
  }
  const plugins = [...found.values()];
  return { ok: true, value: plugins.toSorted((a, b) => (a.account < b.account ? -1 : 1)) };
}

async function friendsOf(kith: Kith): Promise<Outcome<FriendsShown>> {
  const { user } = kith;
  if (user === undefined) return { ok: false, code: "signed-out" };
  const { queries } = clientOf(kith, authKeysInterface, authKeysQueries);
  const [friends, recovery, asked] = await Promise.all([
    queries.friendsOf({ account: user }),
    queries.recoveryOf({ account: user }),
    queries.recoveriesAskedOf({ friend: user }),
  ]);
  if (!friends.ok) return failed(friends.error);
  if (!recovery.ok) return failed(recovery.error);
  if (!asked.ok) return failed(asked.error);
  const known = friends.value;
  return {
    ok: true,
    value: {
      friends: known?.friends ?? [],
      threshold: known?.threshold ?? 1,
      delayDays: ((known?.delaySeconds ?? 3 * 86_400) * 1000) / dayMs,
      ...(recovery.value === undefined ? {} : { recovery: recoveryShown(recovery.value) }),
      asked: asked.value.map(recoveryShown),
    },
  };
}

function recoveryShown(recovery: Recovery): RecoveryShown {
  const { account, label, startedBy, supporters, threshold, readyAt } = recovery;
  const ready = readyAt === undefined ? {} : { readyAt: readyAt / 1000 };
  return { account, device: label, startedBy, supporters, threshold, ...ready };
}

type Answered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };
type Failure = ClientError | { readonly code: string };

function mapped<Value, Shown>(
  answered: Answered<Value>,
  show: (value: Value) => Shown,
): Outcome<Shown> {
  return answered.ok ? { ok: true, value: show(answered.value) } : failed(answered.error);
}

/** The service's or the plugin's own word says more. */
export function failed(error: Failure): { readonly ok: false; readonly code: string } {
  return { ok: false, code: "reason" in error ? error.reason : error.code };
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
