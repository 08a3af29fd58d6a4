import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { keyClaim } from "@kith/sdk/claims";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { accountsQueries } from "@kith/sdk/system/accounts-queries";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import { authKeysQueries } from "@kith/sdk/system/auth-keys-queries";
import { inviteInterface } from "@kith/sdk/system/invite";
import { inviteQueries } from "@kith/sdk/system/invite-queries";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { keyOf, testNetwork, valueOf } from "@kith/testing";
import { tokens } from "@kith/tokens/service";

/** What pages are told, with the packages of a real network and the types that clients have. */

const folder = join(import.meta.dirname, "../../apps/tokens");
const network = await testNetwork({ app: folder, service: tokens });
after(() => network.close());
const [anna, ben] = ["anna", "ben"].map(accountNameConstant);
assert.ok(anna !== undefined && ben !== undefined);
const key = publicKeyOf(keyOf(anna));
const create = { name: anna, key, devices: "Firefox on Linux" };
valueOf(network.send([packAction(anna, accountsInterface, "create", create)]));
network.account(ben);

const accounts = network.ask({ ...accountsInterface, queries: accountsQueries });
const keys = network.ask({ ...authKeysInterface, queries: authKeysQueries });
const invites = network.ask({ ...inviteInterface, queries: inviteQueries });

test("names and rules come as the types that the SDK declares", async () => {
  assert.deepEqual(valueOf(await accounts.rules({})), {
    openRegistration: true,
    freeNameCharsMin: 1,
  });
  assert.equal(valueOf(await accounts.nameStanding({ name: anna })), "taken");
  assert.equal(valueOf(await accounts.exists({ name: accountNameConstant("zoe") })), false);
  assert.deepEqual(valueOf(await accounts.standing({ name: anna })), {
    authService: "auth-keys",
    locked: false,
  });
  assert.deepEqual(valueOf(await accounts.standing({ name: inviteInterface.name })), {
    authService: "invite",
    locked: false,
  });
});

test("keys, friends and recoveries do, too", async () => {
  const claim = keyClaim(key);
  const [first, ...others] = valueOf(await keys.keysOf({ account: anna }));
  assert.deepEqual([first?.id, first?.role, first?.label], [1, "device", "Firefox on Linux"]);
  assert.equal(first?.addedAt, first?.matureAt);
  assert.deepEqual(others, []);
  const found = valueOf(await keys.accountsOf({ claim }));
  assert.deepEqual(
    found.map(({ account, role }) => [account, role]),
    [["anna", "device"]],
  );
  const friends = { friends: [ben], threshold: 1, delaySeconds: 100_000 };
  valueOf(network.as(anna, authKeysInterface).setFriends(friends));
  assert.deepEqual(valueOf(await keys.friendsOf({ account: anna })), friends);
  assert.equal(valueOf(await keys.recoveryOf({ account: anna })), undefined);
  const lost = { account: anna, claim: keyClaim(publicKeyOf(keyOf(ben))), label: "new phone" };
  valueOf(network.as(ben, authKeysInterface).startRecovery(lost));
  const recovery = valueOf(await keys.recoveryOf({ account: anna }));
  assert.deepEqual([recovery?.startedBy, recovery?.supporters], [ben, [ben]]);
  assert.equal(recovery?.readyAt, (recovery?.startedAt ?? 0) + 100_000 * 1_000_000);
  assert.deepEqual(valueOf(await keys.recoveriesAskedOf({ friend: ben })), [recovery]);
  assert.equal(valueOf(await keys.tokensValidFrom({ account: anna, app: ben })), 0);
});

test("invites do, too", async () => {
  const secret = keyOf(accountNameConstant("link"));
  const expiresAt = (network.seconds + 1000) * 1_000_000;
  const terms = { key: publicKeyOf(secret), app: ben, expiresAt, uses: 3, memo: "hello" };
  valueOf(network.as(anna, inviteInterface).createInvite(terms));
  const shown = valueOf(await invites.inviteOf({ key: terms.key }));
  assert.deepEqual([shown?.inviter, shown?.app, shown?.state], [anna, ben, "open"]);
  assert.deepEqual(valueOf(await invites.invitesOf({ inviter: anna })), [shown]);
  assert.equal(valueOf(await invites.invitedBy({ account: anna })), undefined);
  assert.deepEqual(valueOf(await invites.guestsOf({ inviter: anna })), []);
  assert.equal(valueOf(await invites.mayInvite({ account: anna, app: ben })), true);
  assert.equal(valueOf(await invites.ownerOnly({})), false);
});

test("their tables and events are there for GraphQL", async () => {
  const question = `{
    keys(first: 1) { nodes { account role claim { service } } }
    recoveryChangedEvents(first: 1) { nodes { data { account step by } } }
  }`;
  const asked = await network.graphql(question, { account: authKeysInterface.name });
  assert.deepEqual(JSON.parse(JSON.stringify(valueOf(asked))), {
    keys: { nodes: [{ account: "anna", role: "device", claim: { service: "verify-sig" } }] },
    recoveryChangedEvents: { nodes: [{ data: { account: "anna", step: "started", by: "ben" } }] },
  });
});
