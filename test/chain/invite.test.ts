import assert from "node:assert/strict";
import { test } from "node:test";

import { forgottenMax, listedMax } from "@kith/invite/limits";
import { sha256 } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import {
  inviteInterface,
  inviteMemoCharsMax,
  inviteSecondsMax,
  invitesPerHourMax,
  inviteUsesMax,
  openInvitesMax,
} from "@kith/sdk/system/invite";
import { quotasInterface } from "@kith/sdk/system/quotas";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { bytes, u64Number } from "@kith/sdk/types";

import { passkeyProver, signerOf } from "../provers.ts";
import { acceptance, board, hexOf, InviteNetwork, link, type InviteJson } from "./invited.ts";
import { anna, ben, claimOf, cleo, day, dora, hour, phone, stranger, tablet } from "./keyed.ts";
import { keyOf, owner, ownerKey } from "./network.ts";
import { codeOf, noteBy, requireDone, setAuthService, type Person } from "./people.ts";

const own = inviteInterface.name;

function invited(args: Parameters<InviteNetwork["invites"]>[1] = {}): InviteNetwork {
  const network = new InviteNetwork();
  const close = packAction(owner, accountsInterface, "setOpenRegistration", { open: false });
  requireDone(network.run([close], ownerKey));
  assert.equal(network.invites(ben, args), "done");
  return network;
}

function joins(network: InviteNetwork, who: Person, keys = [who.key, link]): string {
  const args = { key: publicKeyOf(link) };
  return network.by(keys, packAction(who.name, inviteInterface, "join", args));
}

function revoke({ name }: Person): Action {
  return packAction(name, inviteInterface, "revokeInvite", { key: publicKeyOf(link) });
}

function onlyOwner(sender = owner): Action {
  return packAction(sender, inviteInterface, "setOwnerOnly", { ownerOnly: true });
}

test("whoever has the link makes an account by it, with a device of his own, also where registration is closed", () => {
  const network = invited();
  requireDone(network.accepts("newcomer", phone));
  assert.equal(network.by([phone], noteBy(accountNameConstant("newcomer"))), "done");
  assert.equal(network.by([link], noteBy(accountNameConstant("newcomer"), 2)), "wrong-key");
  const [key] = network.asks(authKeysInterface.name, "keysOf", { account: "newcomer" }) as {
    role: string;
    label: string;
    addedAt: string;
    matureAt: string;
  }[];
  assert.deepEqual([key?.role, key?.label, key?.addedAt], ["device", "phone", key?.matureAt]);
});

test("a passkey can be the first key of who comes by an invite", () => {
  const network = invited();
  const { claim } = passkeyProver();
  const args = { name: accountNameConstant("newcomer"), claim, label: "passkey" };
  const accept = packAction(own, inviteInterface, "accept", args);
  requireDone(network.runProvedBy([accept], [signerOf(link), passkeyProver()]));
});

test("an invite is used as often as it says, and then no more", () => {
  const network = invited();
  requireDone(network.accepts("newcomer-1", keyOf(101)));
  assert.equal(network.invite()?.state, "open");
  requireDone(network.accepts("newcomer-2", keyOf(102)));
  assert.equal(network.invite()?.state, "used-up");
  assert.equal(codeOf(network.accepts("newcomer-3", keyOf(103))), "invite-used-up");
  assert.equal(joins(network, anna, [keyOf(61), link]), "invite-used-up");
});

test("an invite ends when it says so", () => {
  const network = invited();
  network.travel(7 * day);
  assert.equal(codeOf(network.accepts("newcomer", phone)), "invite-expired");
  assert.equal(network.invite()?.state, "expired");
  assert.equal(joins(network, dora), "invite-expired");
});

test("the inviter and the app take an invite back, nobody else", () => {
  for (const who of [ben, cleo]) {
    const network = invited();
    assert.equal(network.by([dora.key], revoke(dora)), "not-the-inviter");
    assert.equal(network.by([who.key], revoke(who)), "done");
    assert.equal(network.invite()?.state, "revoked");
    assert.equal(network.by([who.key], revoke(who)), "invite-revoked");
    assert.equal(codeOf(network.accepts("newcomer", phone)), "invite-revoked");
    assert.equal(joins(network, dora), "invite-revoked");
  }
  assert.equal(new InviteNetwork().by([ben.key], revoke(ben)), "invite-unknown");
});

test("accepting takes the link's key and the new one, and the new one is another", () => {
  const network = invited();
  const accept = acceptance("newcomer", phone);
  assert.equal(network.by([phone], accept), "invite-unknown");
  assert.equal(network.by([stranger, phone], accept), "invite-unknown");
  assert.equal(network.by([link], accept), "key-not-proved");
  assert.equal(network.by([link], acceptance("newcomer", link)), "key-of-invite");
  assert.equal(network.by([ben.key], { ...accept, sender: ben.name }), "not-allowed");
  assert.equal(network.invite()?.uses, 0);
  assert.equal(network.by([link, phone], accept), "done");
});

test("names are free for newcomers as for everybody, and a refusal uses nothing up", () => {
  const network = new InviteNetwork();
  const rule = packAction(owner, accountsInterface, "setFreeNameChars", { chars: 8 });
  requireDone(network.run([rule], ownerKey));
  assert.equal(network.invites({ name: owner, key: ownerKey }), "done");
  assert.equal(codeOf(network.accepts("short", phone)), "account-name-short");
  assert.equal(codeOf(network.accepts("supervisor", phone)), "account-name-reserved");
  assert.equal(codeOf(network.accepts("owner", phone)), "account-exists");
  assert.equal(network.invite()?.uses, 0);
});

test("accepting and what comes with it happen together or not at all", () => {
  const network = invited();
  const failing = noteBy(accountNameConstant("newcomer"));
  const both = [acceptance("newcomer", phone), { ...failing, sender: ben.name }];
  assert.equal(network.by([link, phone], ...both), "wrong-key");
  assert.equal(network.invite()?.uses, 0);
  assert.equal(network.asks(accountsInterface.name, "exists", { name: "newcomer" }), false);
});

test("an account that is there joins by an invite, once for each app, and not by its own", () => {
  const network = invited({ uses: 5 });
  assert.equal(joins(network, ben), "own-invite");
  assert.equal(joins(network, dora, [dora.key]), "key-not-proved");
  assert.equal(joins(network, dora), "done");
  assert.equal(joins(network, dora), "joined-already");
  assert.equal(network.invite()?.uses, 1);
  requireDone(network.accepts("newcomer", phone));
  const again = { name: accountNameConstant("newcomer"), key: phone };
  assert.equal(joins(network, again), "joined-already");
  assert.equal(joins(new InviteNetwork(), dora), "invite-unknown");
});

test("who came by whom is known to pages and to apps", () => {
  const network = invited({ uses: 5 });
  requireDone(network.accepts("newcomer", phone));
  joins(network, dora);
  const by = (account: string): unknown => network.asks(own, "invitedBy", { account });
  const found = by("newcomer") as { inviter: string; app: string; isNew: boolean };
  assert.deepEqual([found.inviter, found.app, found.isNew], ["ben", board, true]);
  assert.equal(by("dora"), null);
  assert.equal(by("ben"), null);
  const guests = network.asks(own, "guestsOf", { inviter: "ben" }) as { account: string }[];
  assert.deepEqual(
    guests.map(({ account }) => account),
    ["dora", "newcomer"],
  );
  const args = { account: dora.name, app: board };
  const call = packAction(cleo.name, inviteInterface, "acceptanceOf", args);
  const [packed] = requireDone(network.run([call], cleo.key)).results;
  const { result } = inviteInterface.actions.acceptanceOf;
  const told = result.unpack(packed ?? new Uint8Array());
  assert.ok(told.ok && told.value !== undefined);
  assert.deepEqual([told.value.inviter, told.value.isNew], [ben.name, false]);
});

test("the landing page is shown who invites, into what, and until when", () => {
  const network = invited();
  const shown = network.invite();
  assert.deepEqual(
    [shown?.inviter, shown?.app, shown?.memo, shown?.uses, shown?.usesMax, shown?.state],
    ["ben", board, "come in", 0, 2, "open"],
  );
  assert.equal(network.invite(stranger), null);
  const list = network.asks(own, "invitesOf", { inviter: "ben" }) as InviteJson[];
  assert.deepEqual(
    list.map(({ key }) => key),
    [hexOf(link)],
  );
});

test("the terms of an invite have limits", () => {
  const network = new InviteNetwork();
  const wrong = (args: object): string => network.invites(ben, args);
  const at = (seconds: number): number => (network.time + 1 + seconds) * 1_000_000;
  assert.equal(wrong({ key: Uint8Array.of(1) }), "key-malformed");
  assert.equal(
    wrong({ key: new Uint8Array(passkeyProver().claim.rawData.slice(0, 91)) }),
    "key-malformed",
  );
  assert.equal(wrong({ app: accountNameConstant("nobody") }), "account-unknown");
  assert.equal(wrong({ expiresAt: at(0) }), "expiry-wrong");
  assert.equal(wrong({ expiresAt: at(inviteSecondsMax) + 1 }), "expiry-wrong");
  assert.equal(wrong({ uses: 0 }), "uses-wrong");
  assert.equal(wrong({ uses: inviteUsesMax + 1 }), "uses-wrong");
  assert.equal(wrong({ memo: "x".repeat(inviteMemoCharsMax + 1) }), "memo-malformed");
  assert.equal(wrong({ memo: "a\nb" }), "memo-malformed");
  const most = { uses: inviteUsesMax, memo: "x".repeat(inviteMemoCharsMax) };
  assert.equal(wrong({ ...most, expiresAt: at(inviteSecondsMax) }), "done");
  assert.equal(wrong({}), "invite-exists");
});

test("one account makes a limited number of invites an hour, and has a limited number open", () => {
  const network = new InviteNetwork();
  let made = 0;
  const makes = (): string =>
    network.invites(ben, {
      key: publicKeyOf(keyOf(100 + ++made)),
      expiresAt: (network.time + 20 * hour) * 1_000_000,
    });
  for (let i = 0; i < invitesPerHourMax; i++) assert.equal(makes(), "done");
  assert.equal(makes(), "too-many-lately");
  network.travel(hour - invitesPerHourMax - 2);
  assert.equal(makes(), "too-many-lately");
  network.travel(invitesPerHourMax);
  for (let i = 0; i < invitesPerHourMax; i++) assert.equal(makes(), "done");
  network.travel(hour);
  for (let i = 2 * invitesPerHourMax; i < openInvitesMax; i++) assert.equal(makes(), "done");
  assert.equal(makes(), "too-many-invites");
  assert.equal(network.invites(dora), "done");
  const first = { key: publicKeyOf(keyOf(101)) };
  requireDone(network.run([packAction(ben.name, inviteInterface, "revokeInvite", first)], ben.key));
  assert.equal(makes(), "done");
  assert.equal(makes(), "too-many-invites");
  network.travel(20 * hour);
  assert.equal(makes(), "done");
});

test("invites that are long over are forgotten, and their keys may come again", () => {
  const network = invited();
  network.travel(36 * day);
  assert.equal(network.invites(ben, { key: publicKeyOf(tablet) }), "done");
  assert.equal(network.invite()?.state, "expired");
  network.travel(2 * day);
  assert.equal(network.invites(ben), "invite-exists");
  assert.equal(network.invites(ben, { key: publicKeyOf(stranger) }), "done");
  assert.equal(network.invite(), null);
  const end = packAction(own, quotasInterface, "endClaim", { claim: claimOf(link) });
  assert.equal(network.by([ownerKey], end), "claim-unknown");
  assert.equal(network.invites(ben), "done");
});

test("lists end with their hundredth element, and so many are forgotten at a time", () => {
  const network = new InviteNetwork();
  const count = listedMax + forgottenMax;
  for (let made = 0; made < count; made++) {
    if (made % invitesPerHourMax === 0) network.travel(hour);
    const terms = {
      key: publicKeyOf(sha256(Uint8Array.of(made))),
      expiresAt: (network.time + hour) * 1_000_000,
    };
    assert.equal(network.invites(ben, terms), "done");
  }
  const listed = (): number => (network.asks(own, "invitesOf", { inviter: "ben" }) as []).length;
  assert.equal(listed(), listedMax);
  network.travel(32 * day);
  assert.equal(network.invites(ben), "done");
  assert.equal(listed(), listedMax);
  assert.equal(network.invites(ben, { key: publicKeyOf(tablet) }), "done");
  assert.equal(listed(), count - 2 * forgottenMax + 2);
});

test("the owner of the network may be the only one who invites", () => {
  const network = new InviteNetwork();
  assert.equal(network.by([ben.key], onlyOwner(ben.name)), "not-the-owner");
  assert.equal(network.by([ownerKey], onlyOwner()), "done");
  assert.equal(network.invites(ben), "owner-invites");
  assert.equal(network.asks(own, "ownerOnly"), true);
  assert.equal(network.asks(own, "mayInvite", { account: "ben", app: board }), false);
  assert.equal(network.invites({ name: owner, key: ownerKey }), "done");
});

/** An app whose service decides who invites into it: everybody whose key begins with an even number. */
const doorName = accountNameConstant("door");
const invite = action({ key: bytes, expiresAt: u64Number }, nothing, (context, args) => {
  const terms = { ...args, app: context.self, uses: 1, memo: "" };
  context.call(inviteInterface).createInvite(terms);
});
const decide = action({}, nothing, (context) => {
  context.call(inviteInterface).setRules({ byServiceOnly: true });
});
const door = service("door", { tables: [], actions: { invite, decide } });

test("an app may be the only one that invites into itself, by its service", () => {
  const network = new InviteNetwork({ services: [door.module] });
  assert.equal(network.invites(ben, { app: doorName }), "done");
  requireDone(network.run([packAction(ben.name, door, "decide", {})], ben.key));
  assert.equal(network.invites(ben, { app: doorName, key: publicKeyOf(tablet) }), "app-invites");
  assert.equal(network.asks(own, "mayInvite", { account: "ben", app: "door" }), false);
  assert.equal(network.asks(own, "mayInvite", { account: "door", app: "door" }), true);
  const terms = { key: publicKeyOf(tablet), expiresAt: (network.time + day) * 1_000_000 };
  requireDone(network.run([packAction(ben.name, door, "invite", terms)], ben.key));
  assert.equal(network.invite(tablet)?.inviter, "door");
  requireDone(network.accepts("newcomer", phone, tablet));
});

test("the account `invite` belongs to the owner of the network, and links are good for accepting only", () => {
  const network = invited();
  const upgrade = packAction(own, sitesInterface, "setSinglePage", { enabled: true });
  assert.equal(network.by([link], upgrade), "wrong-key");
  assert.equal(network.by([ownerKey], upgrade), "done");
  assert.equal(network.by([link], setAuthService(own, authKeysInterface.name)), "wrong-key");
  assert.equal(network.by([ownerKey], acceptance("newcomer", phone)), "invite-unknown");
  const direct = { name: accountNameConstant("newcomer"), claim: claimOf(phone), label: "x" };
  const create = packAction(ben.name, accountsInterface, "createInvited", direct);
  assert.equal(network.by([ben.key, phone], create), "not-allowed");
});

test("nobody else can be under this auth service", () => {
  const network = invited();
  assert.equal(network.by([ben.key], setAuthService(ben.name, own)), "auth-service-unable");
});

test("what becomes of invites is told", () => {
  const network = new InviteNetwork();
  assert.deepEqual(network.told(ben.key, network.invitation(ben.name, { uses: 1 })), [
    "inviteChanged",
  ]);
  const both = [signerOf(link), signerOf(phone)];
  const { events } = network.block([network.provedBy([acceptance("newcomer", phone)], both)]);
  assert.deepEqual(
    events.map(({ declared }) => declared.name),
    ["keyChanged", "inviteChanged", "accepted"],
  );
});
