import { fromHex } from "@kith/sdk/bytes";
import type { Kith } from "@kith/sdk/connect";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { invitePlugin } from "@kith/sdk/plugins/invite";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";
import { parseAccountName, parseTransactionId } from "@kith/sdk/types";

import { appUrl } from "./app-url.ts";
import { deviceName } from "./device-name.ts";
import { failed } from "./questions.ts";
import type { Acts, Outcome } from "./source.ts";

const daySeconds = 86_400;

/** What the user does, through the plugins of the system; what is delicate they ask about themselves. */
export function actsOf(kith: Kith, onDone: () => void): Acts {
  const accounts = kith.plugin(accountsPlugin);
  const authKeys = kith.plugin(authKeysPlugin);
  const invites = kith.plugin(invitePlugin);
  const permissions = kith.plugin(permissionsPlugin);
  const device = deviceName(navigator.userAgent);
  const done = async <Value>(calling: Promise<Called<Value>>): Promise<Outcome<Value>> => {
    const called = await calling;
    if (!called.ok) return failed(called.error);
    onDone();
    return { ok: true, value: called.value.value };
  };
  return {
    create: async (text, everywhere) => {
      const name = parseAccountName(text);
      if (!name.ok) return { ok: false, code: "name-malformed" };
      return done(accounts.create({ name: name.value, device, everywhere }));
    },
    signIn: async () => {
      const asked = kith.user === undefined ? accounts.signIn({}) : accounts.chooseAccount({});
      return withoutValue(await done(asked));
    },
    switchTo: (account) => done(accounts.switchTo({ account })),
    forget: (account) => done(accounts.forget({ account })),
    setEverywhere: (everywhere) => done(accounts.setEverywhere({ everywhere })),
    disconnect: (app) => done(accounts.disconnect({ app })),
    addDevice: (fragment) => done(accounts.addDevice({ fragment })),
    addPasskey: () => done(accounts.addPasskey({ label: device })),
    makeRecoveryCode: () => done(accounts.makeRecoveryCode({ label: "Recovery code" })),
    renameDevice: (id, label) => done(authKeys.renameDevice({ id, label })),
    removeDevice: (id) => done(authKeys.removeDevice({ id })),
    endSessions: () => done(authKeys.endSessions({})),
    setFriends: (friends, threshold, delayDays) =>
      done(
        authKeys.setFriends({
          friends: [...friends],
          threshold,
          delaySeconds: delayDays * daySeconds,
        }),
      ),
    clearFriends: () => done(authKeys.clearFriends({})),
    helpRecover: (fragment) => done(authKeys.helpRecover({ fragment })),
    withdrawSupport: (account) => done(authKeys.withdrawSupport({ account })),
    vetoRecovery: () => done(authKeys.vetoRecovery({})),
    finishRecovery: (account) => done(authKeys.finishRecovery({ account })),
    createInvite: (terms) => done(invites.createFor(terms)),
    revokeInvite: async (key) => {
      const bytes = fromHex(key);
      if (!bytes.ok) return { ok: false, code: "key-malformed" };
      return done(invites.revoke({ key: bytes.value }));
    },
    acceptInvite: async (fragment) => {
      const accepted = await done(invites.accept({ fragment }));
      if (!accepted.ok) return accepted;
      return { ok: true, value: appUrl(accepted.value.app, accepted.value.path) };
    },
    retryWrite: (id) => ofWrite(id, kith.retryWrite),
    dropWrite: (id) => ofWrite(id, kith.dropWrite),
    revokeGrant: (caller, callee) => done(permissions.revoke({ caller, callee })),
  };
}

async function ofWrite(id: string, act: Kith["retryWrite"]): Promise<Outcome> {
  const write = parseTransactionId(id);
  if (!write.ok) return { ok: false, code: "write-unknown" };
  const outcome = await act(write.value);
  return outcome.ok ? outcome : failed(outcome.error);
}

type Called<Value> =
  | { readonly ok: true; readonly value: { readonly value: Value } }
  | { readonly ok: false; readonly error: { readonly code: string } };

function withoutValue(outcome: Outcome<unknown>): Outcome {
  return outcome.ok ? { ok: true, value: undefined } : outcome;
}
