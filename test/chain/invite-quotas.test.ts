import assert from "node:assert/strict";
import { test } from "node:test";

import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { guestSeconds } from "@kith/sdk/system/invite";
import { inviteInterface } from "@kith/sdk/system/invite";
import { quotasInterface, type Allowance } from "@kith/sdk/system/quotas";
import { packAction } from "@kith/sdk/transaction";

import { signerOf } from "../provers.ts";
import { acceptance, InviteNetwork, link, plenty } from "./invited.ts";
import { ben, claimOf, day, dora, phone, stranger } from "./keyed.ts";
import { keyOf, owner, ownerKey } from "./network.ts";
import { codeOf, noteBy, requireDone } from "./people.ts";

const newcomer = accountNameConstant("newcomer");

function invited(): InviteNetwork {
  const network = new InviteNetwork();
  assert.equal(network.invites(ben, { uses: 50 }), "done");
  // What the invite itself took is forgotten.
  network.travel(61);
  return network;
}

function used(network: InviteNetwork, account: AccountName): number {
  return network.chain.quotaOf(account, network.time * 1_000_000).used.carriedBytes;
}

function allow(network: InviteNetwork, account: AccountName, amounts: Partial<Allowance>): void {
  const args = { account, ...plenty, ...amounts };
  requireDone(network.run([packAction(owner, quotasInterface, "setAllowance", args)], ownerKey));
}

function sponsorOf(network: InviteNetwork, account: AccountName): unknown {
  return network.chain.quotaOf(account, network.time * 1_000_000).sponsor;
}

test("the inviter pays for accepting, and nobody else does", () => {
  const network = invited();
  const accept = network.provedBy(
    [acceptance("newcomer", phone)],
    [signerOf(link), signerOf(phone)],
  );
  const [receipt] = network.block([accept]).receipts;
  assert.equal(receipt?.failure, undefined);
  assert.equal(used(network, ben.name), accept.bytes.length);
  assert.equal(used(network, inviteInterface.name), 0);
  assert.equal(used(network, newcomer), 0);
});

test("the order of claims does not matter, and other keys beside it do not either", () => {
  const network = invited();
  const provers = [signerOf(phone), signerOf(stranger), signerOf(link)];
  requireDone(network.runProvedBy([acceptance("newcomer", phone)], provers));
  assert.ok(used(network, ben.name) > 0);
  assert.equal(used(network, inviteInterface.name), 0);
});

test("the inviter pays for the newcomer's first day, and then the newcomer himself", () => {
  const network = invited();
  requireDone(network.accepts("newcomer", phone));
  network.travel(61);
  assert.equal(sponsorOf(network, newcomer), ben.name);
  assert.equal(network.by([phone], noteBy(newcomer, 1)), "done");
  assert.ok(used(network, ben.name) > 0);
  assert.equal(used(network, newcomer), 0);
  network.travel(guestSeconds);
  assert.equal(sponsorOf(network, newcomer), undefined);
  assert.equal(network.by([phone], noteBy(newcomer, 2)), "done");
  assert.ok(used(network, newcomer) > 0);
  assert.equal(used(network, ben.name), 0);
});

test("either of the two ends it earlier, and another sponsor may follow", () => {
  const network = invited();
  requireDone(network.accepts("newcomer", phone));
  requireDone(network.accepts("newcomer-2", keyOf(102)));
  const sponsor = packAction(dora.name, quotasInterface, "sponsor", { account: newcomer });
  assert.equal(codeOf(network.run([sponsor], dora.key)), "has-a-sponsor");
  const end = packAction(ben.name, quotasInterface, "endSponsorship", { account: newcomer });
  requireDone(network.run([end], ben.key));
  assert.equal(sponsorOf(network, newcomer), undefined);
  requireDone(network.run([sponsor], dora.key));
  const second = accountNameConstant("newcomer-2");
  const leave = packAction(second, quotasInterface, "leaveSponsor", {});
  requireDone(network.run([leave], keyOf(102)));
  assert.equal(sponsorOf(network, second), undefined);
});

test("a sponsor may follow when the first day is over", () => {
  const network = invited();
  requireDone(network.accepts("newcomer", phone));
  network.travel(guestSeconds);
  const sponsor = packAction(dora.name, quotasInterface, "sponsor", { account: newcomer });
  requireDone(network.run([sponsor], dora.key));
  assert.equal(sponsorOf(network, newcomer), dora.name);
});

test("guests and links use half of what the inviter has, and he keeps the other half", () => {
  const network = invited();
  requireDone(network.accepts("newcomer", phone));
  allow(network, ben.name, { carriedBytes: 8000 });
  network.travel(61);
  let notes = 0;
  while (used(network, newcomer) === 0) {
    assert.equal(network.by([phone], noteBy(newcomer, ++notes)), "done");
    network.time--;
  }
  assert.ok(notes > 3, `${notes} notes`);
  const ofBen = used(network, ben.name);
  assert.ok(ofBen <= 4000 && ofBen > 3000, `${ofBen} of 4000 bytes`);
  // A link is not paid for by anybody else instead, and comes again when the inviter has some.
  const late = network.accepts("newcomer-2", keyOf(102));
  assert.equal(late.failure?.code, "over-quota");
  assert.match(late.failure?.message ?? "", /ben has used \d+ of its 4000 bytes/);
  assert.equal(used(network, inviteInterface.name), 0);
  assert.equal(codeOf(network.run([noteBy(ben.name)], ben.key)), "done");
  network.travel(61);
  requireDone(network.accepts("newcomer-2", keyOf(102)));
});

test("accepting is refused before any block when the inviter has nothing left", () => {
  const network = invited();
  allow(network, ben.name, { carriedBytes: 0 });
  const both = [signerOf(link), signerOf(phone)];
  const admitted = network.chain.checkAdmission(
    network.provedBy([acceptance("newcomer", phone)], both),
  );
  assert.ok(!admitted.ok && admitted.error.code === "over-quota");
  assert.equal(admitted.error.account, ben.name);
});

test("nobody pays for an invite that is over, nor for what was not allowed", () => {
  const network = invited();
  network.travel(8 * day);
  assert.equal(codeOf(network.accepts("newcomer", phone)), "invite-expired");
  assert.equal(used(network, ben.name), 0);
  assert.equal(used(network, inviteInterface.name), 0);
});

test("whoever spoils acceptances spends the inviter's half, and nothing of the platform's", () => {
  const network = invited();
  const taken = network.accepts("ben", phone);
  assert.equal(taken.failure?.code, "account-exists");
  assert.ok(used(network, ben.name) > 0);
  assert.equal(used(network, inviteInterface.name), 0);
});

test("what the owner does in the name of `invite` is paid for by that account", () => {
  const network = invited();
  const end = packAction(inviteInterface.name, quotasInterface, "leaveSponsor", {});
  requireDone(network.run([end], ownerKey));
  assert.ok(used(network, inviteInterface.name) > 0);
  const share = packAction(inviteInterface.name, quotasInterface, "shareByClaims", {});
  const sponsor = packAction(dora.name, quotasInterface, "sponsor", {
    account: inviteInterface.name,
  });
  requireDone(network.run([sponsor], dora.key));
  assert.equal(codeOf(network.run([share], ownerKey)), "has-a-sponsor");
  requireDone(network.run([end, share], ownerKey));
  requireDone(network.run([share], ownerKey));
  assert.equal(codeOf(network.run([sponsor], dora.key)), "has-a-sponsor");
});

test("nobody lets others pay without having asked them", () => {
  const network = invited();
  const until = (network.time + 100) * 1_000_000;
  const guest = { account: ben.name, sponsor: dora.name, until };
  const claim = { claim: claimOf(stranger), sponsor: dora.name, until };
  const by = { claim: claimOf(link) };
  for (const action of [
    packAction(ben.name, quotasInterface, "sponsorGuest", guest),
    packAction(ben.name, quotasInterface, "sponsorClaim", claim),
  ]) {
    assert.equal(codeOf(network.run([action], ben.key)), "not-allowed");
  }
  const end = packAction(ben.name, quotasInterface, "endClaim", by);
  assert.equal(codeOf(network.run([end], ben.key)), "claim-unknown");
});

test("how long a guest and a claim are paid for has limits of its own", () => {
  const network = invited();
  const at = (seconds: number): number => (network.time + 1 + seconds) * 1_000_000;
  const asInvite = (method: "sponsorGuest" | "sponsorClaim", args: object): string =>
    codeOf(
      network.run(
        [packAction(inviteInterface.name, quotasInterface, method, args as never)],
        ownerKey,
      ),
    );
  const guest = { account: dora.name, sponsor: ben.name };
  assert.equal(asInvite("sponsorGuest", { ...guest, until: at(0) }), "until-wrong");
  assert.equal(asInvite("sponsorGuest", { ...guest, until: at(day) + 1 }), "until-wrong");
  assert.equal(asInvite("sponsorGuest", { ...guest, until: at(day) }), "done");
  const claim = { claim: claimOf(stranger), sponsor: ben.name };
  assert.equal(asInvite("sponsorClaim", { ...claim, until: at(30 * day) + 1 }), "until-wrong");
  assert.equal(asInvite("sponsorClaim", { ...claim, until: at(30 * day) }), "done");
  assert.equal(
    asInvite("sponsorGuest", { ...guest, account: accountNameConstant("nobody"), until: at(9) }),
    "account-unknown",
  );
});
