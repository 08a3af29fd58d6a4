import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { encodePem, pkcs8Of } from "@kith/protocol/keys";
import { accountNameConstant } from "@kith/protocol/names";
import { parseInviteFragment } from "@kith/sdk/invite-link";
import { publicKeyOf } from "@kith/sdk/transaction";

import { ChainNode } from "./chain-node.ts";
import { InviteNetwork } from "./invited.ts";
import { keyOf, owner, ownerKey } from "./network.ts";
import { codeOf, creation, requireDone } from "./people.ts";
import { Workshop } from "./workshop.ts";

const network = new InviteNetwork();
const workshop = new Workshop(new ChainNode(network));
const { folder } = workshop;
before(async () => {
  await workshop.open();
  const home = { ...creation({ name: accountNameConstant("home"), key: keyOf(3) }), sender: owner };
  requireDone(network.run([home]));
  await workshop.done("account", "create", "alice-lee");
});
after(() => workshop.close());

function writeKey(name: string, secret: Uint8Array): string {
  const path = join(folder, name);
  const pem = encodePem("PRIVATE KEY", pkcs8Of({ kind: "ed25519", secret }));
  writeFileSync(path, `${pem}\n`);
  return path;
}

function seedOf(link: string): Uint8Array {
  const carried = parseInviteFragment(new URL(link).hash);
  assert.ok(carried !== undefined);
  return carried.seed;
}

type Made = { readonly link: string; readonly id: string; readonly expiresAt: number };

async function made(...words: readonly string[]): Promise<Made> {
  const out = await workshop.done("invite", "create", "alice-lee", ...words, "--json");
  return JSON.parse(out) as Made;
}

test("an invite is a link by which somebody comes in", async () => {
  const said = await workshop.done("invite", "create", "alice-lee", "--memo", "welcome");
  const [link = ""] = said.split("\n");
  const { rootHost } = workshop.node;
  assert.ok(link.startsWith(`http://home.${rootHost}/invite#`), link);
  assert.match(
    said,
    /\nOne person may come by this link until \d{4}-\d\d-\d\d .*; alice-lee pays\./,
  );
  const seed = seedOf(link);
  assert.equal(network.invite(seed)?.memo, "welcome");
  assert.equal(codeOf(network.accepts("newcomer-1", keyOf(101), seed)), "done");
  assert.equal(codeOf(network.accepts("newcomer-2", keyOf(102), seed)), "invite-used-up");
});

test("how many may come, until when and whereto is said by options", async () => {
  const { link, expiresAt } = await made("--uses", "3", "--days", "30", "--app", "cleo");
  const shown = network.invite(seedOf(link));
  assert.deepEqual([shown?.usesMax, shown?.app, shown?.inviter], [3, "cleo", "alice-lee"]);
  const daysAhead = (expiresAt / 1000 - Date.now()) / 86_400_000;
  assert.ok(daysAhead > 29.9 && daysAhead <= 30, `${daysAhead} days`);
});

test("words that make no invite are told apart from what the network refuses", async () => {
  const wrong = [
    ["create", "Alice"],
    ["create", "alice-lee", "--app", "No Such"],
    ["create", "alice-lee", "--uses", "0"],
    ["create", "alice-lee", "--uses", "101"],
    ["create", "alice-lee", "--days", "31"],
    ["create", "alice-lee", "--days", "1.5"],
    ["list", "Alice"],
    ["revoke", "what"],
    ["revoke", "http://home.kith.localhost:8080/invite#AAAA"],
  ];
  for (const words of wrong) {
    assert.equal((await workshop.kith("invite", ...words)).status, 2, words.join(" "));
  }
  const unknown = await workshop.refused("invite", "create", "alice-lee", "--app", "nobody");
  assert.equal(unknown, "account-unknown");
  const foreign = writeKey("foreign.pem", keyOf(9));
  const refused = await workshop.refused("invite", "create", "alice-lee", "--key", foreign);
  assert.equal(refused, "not-authorized");
});

test("invites are listed with what became of them, and taken back by link or by id", async () => {
  const [first, second] = [await made(), await made()];
  const said = await workshop.done("invite", "list", "alice-lee");
  assert.match(said, new RegExp(`^open +0 of 1 +into home +until .* ${first.id}$`, "m"));
  assert.match(said, /^used-up +1 of 1 .* welcome$/m);
  await workshop.done("invite", "revoke", first.link);
  await workshop.done("invite", "revoke", second.id);
  const out = await workshop.done("invite", "list", "alice-lee", "--json");
  const { invites } = JSON.parse(out) as { invites: { id: string; state: string }[] };
  const states = new Map(invites.map(({ id, state }) => [id, state]));
  assert.deepEqual([states.get(first.id), states.get(second.id)], ["revoked", "revoked"]);
  assert.equal(await workshop.refused("invite", "revoke", first.id), "invite-revoked");
  assert.equal(await workshop.refused("invite", "revoke", "0".repeat(63) + "1"), "invite-unknown");
  assert.match(await workshop.done("invite", "list", "nobody"), /^nobody has made no invites/);
});

test("the owner of the network gives a short name to somebody's key", async () => {
  const pem = writeKey("owner.pem", ownerKey);
  const person = join(folder, "person.pub");
  writeFileSync(person, `${encodePem("PUBLIC KEY", publicKeyOf(keyOf(44)))}\n`);
  const words = ["account", "create", "jo", "--by", "owner", "--key", pem] as const;
  assert.equal(await workshop.refused(...words), "usage");
  assert.equal(await workshop.refused(...words, "--public", pem), "public-key-malformed");
  assert.equal(await workshop.refused(...words, "--public", join(folder, "none")), "key-missing");
  const said = await workshop.done(...words, "--public", person);
  assert.match(said, /^The account jo belongs to that key: http:\/\/jo\./);
  const own = writeKey("jo.pem", keyOf(44));
  await workshop.done("invite", "create", "jo", "--key", own);
  const by = ["account", "create", "al", "--by", "alice-lee", "--public", person] as const;
  assert.equal(await workshop.refused(...by), "not-the-owner");
});
