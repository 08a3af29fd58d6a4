import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { runAsCodec } from "@kith/protocol/run-as";
import type { Action } from "@kith/protocol/transaction";
import { action, implement, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { authActions } from "@kith/sdk/system/auth";
import { authGroupInterface, type Group } from "@kith/sdk/system/auth-group";
import {
  proposalHash,
  stagedTxInterface,
  type ProposalRef,
  type ProposalTerms,
} from "@kith/sdk/system/staged-tx";
import { table } from "@kith/sdk/table";
import { packAction } from "@kith/sdk/transaction";
import { bytes, checksum, u32 } from "@kith/sdk/types";
import {
  actionBytesMax,
  actionsMax,
  lifetimeSecondsMax,
  openProposalsMax,
  sendersMax,
} from "@kith/staged-tx/limits";

import { ask, jsonOf } from "./ask.ts";
import { startSeconds, type TestNetwork } from "./network.ts";
import {
  alice,
  bob,
  carol,
  club,
  codeOf,
  createGroup,
  createOwned,
  creation,
  dave,
  failureBy,
  groupOf,
  lock,
  networkOf,
  noteBy,
  notesOf,
  person,
  requireDone,
  setAuthService,
  withClub,
  type Person,
} from "./people.ts";

const inner = accountNameConstant("inner");
const staged = stagedTxInterface;

function terms(actions: readonly Action[], changes: Partial<ProposalTerms> = {}): ProposalTerms {
  return { actions, expiration: startSeconds + 10_000, autoExecute: true, ...changes };
}

function proposal(by: Person, wanted: ProposalTerms): Action {
  return packAction(by.name, staged, "propose", wanted);
}

function propose(network: TestNetwork, by: Person, wanted: ProposalTerms): ProposalRef {
  const { results } = requireDone(network.run([proposal(by, wanted)], by.key));
  const ref =
    results[0] === undefined ? undefined : staged.actions.propose.result.unpack(results[0]);
  if (ref?.ok !== true) throw new Error("no proposal");
  return ref.value;
}

type Verb = "accept" | "reject" | "execute" | "remove";

function answer(network: TestNetwork, by: Person, verb: Verb, ref: ProposalRef): string {
  return codeOf(network.run([packAction(by.name, staged, verb, ref)], by.key));
}

/** The answer of a query, with its status. */
function shownAt(network: TestNetwork, target: string): readonly [number, unknown] {
  const reply = ask(network, staged.name, target);
  if (reply === undefined) throw new Error("no answer");
  return [reply.status, jsonOf(reply)];
}

test("a proposal runs when the last account that is needed agrees, with the group as sender", () => {
  const network = withClub(groupOf(3, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club), noteBy(club, 2)]));
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, carol, "accept", ref), "done");
  assert.equal(notesOf(network, club), 2);
});

test("a proposal is executed once: afterwards nobody finds it any more", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club)]));
  const accept = packAction(bob.name, staged, "accept", ref);
  const transaction = network.transaction([accept], bob.key);
  const again = network.transaction([accept], bob.key, network.time + 61);
  const { receipts } = network.block([transaction, transaction, again]);
  assert.deepEqual(receipts.map(codeOf), ["done", "proposal-unknown"]);
  assert.deepEqual(network.block([transaction]).receipts, []);
  for (const verb of ["accept", "reject", "execute", "remove"] as const) {
    assert.equal(answer(network, alice, verb, ref), "proposal-unknown");
  }
  assert.equal(notesOf(network, club), 1);
});

test("somebody who agrees again and again counts once", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, alice, "accept", ref), "done");
  assert.equal(answer(network, alice, "accept", ref), "done");
  assert.equal(notesOf(network, club), 0);
});

test("nobody agrees to what he has not seen, nor with an answer to another proposal", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const first = propose(network, alice, terms([noteBy(club)]));
  const second = propose(network, alice, terms([noteBy(club, 2)]));
  assert.deepEqual([first.id, second.id], [1, 2]);
  assert.equal(answer(network, bob, "accept", { ...first, id: second.id }), "proposal-differs");
  assert.equal(answer(network, bob, "accept", { ...first, id: 3 }), "proposal-unknown");
  const seen = { ...terms([noteBy(club)]), id: first.id, proposer: alice.name };
  assert.equal(proposalHash(seen), first.hash);
  assert.notEqual(proposalHash({ ...seen, actions: [noteBy(club, 2)] }), first.hash);
});

test("only those whose word may count answer; anybody may propose", () => {
  const network = withClub(groupOf(1, alice, bob));
  const ref = propose(network, dave, terms([noteBy(club)]));
  assert.equal(answer(network, dave, "accept", ref), "not-involved");
  assert.equal(answer(network, carol, "reject", ref), "not-involved");
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, club), 1);
});

test("who has enough weight alone acts at once by proposing", () => {
  const network = withClub(groupOf(1, alice, bob));
  propose(network, alice, terms([noteBy(club)]));
  assert.equal(notesOf(network, club), 1);
});

test("several senders all have to agree, single accounts too", () => {
  const network = withClub(groupOf(1, alice, bob));
  const ref = propose(network, alice, terms([noteBy(club), noteBy(carol.name), noteBy(dave.name)]));
  assert.equal(answer(network, carol, "accept", ref), "done");
  assert.equal(notesOf(network, carol.name), 0);
  assert.equal(answer(network, dave, "accept", ref), "done");
  assert.deepEqual(
    [club, carol.name, dave.name].map((name) => notesOf(network, name)),
    [1, 1, 1],
  );
});

test("a proposal that fails takes the last answer with it and stays open", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club), failureBy(club)]));
  assert.equal(answer(network, bob, "accept", ref), "note-unknown");
  assert.equal(notesOf(network, club), 0);
  const [, shown] = shownAt(network, `/proposals/${ref.id}`);
  assert.deepEqual((shown as { accepted: unknown }).accepted, [alice.name]);
  const remedy = propose(network, alice, terms([noteBy(club, 99)]));
  assert.equal(answer(network, carol, "accept", remedy), "done");
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, club), 1);
});

test("without automatic execution answers are kept, and whoever comes executes", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club)], { autoExecute: false }));
  assert.equal(answer(network, dave, "execute", ref), "approvals-missing");
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, dave, "execute", ref), "done");
  assert.equal(answer(network, dave, "execute", ref), "proposal-unknown");
  assert.equal(notesOf(network, club), 1);
});

test("when so many disagree that it can no longer pass, a proposal is gone", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, bob, "reject", ref), "done");
  assert.equal(shownAt(network, `/proposals/${ref.id}`)[0], 200);
  assert.equal(answer(network, carol, "reject", ref), "done");
  assert.equal(answer(network, bob, "accept", ref), "proposal-unknown");
  assert.deepEqual(shownAt(network, "/proposals"), [200, { proposals: [] }]);
});

test("an answer can be changed until the proposal is decided", () => {
  const network = withClub(groupOf(3, alice, bob, carol, dave));
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(answer(network, bob, "reject", ref), "done");
  assert.equal(answer(network, carol, "accept", ref), "done");
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, dave, "accept", ref), "done");
  assert.equal(notesOf(network, club), 1);
});

test("the group counts as it is when the last answer comes; earlier answers are kept over changes", () => {
  const network = withClub(groupOf(3, alice, bob, carol));
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, bob, "accept", ref), "done");
  const change = (group: Group): ProposalRef =>
    propose(network, alice, terms([packAction(club, authGroupInterface, "setGroup", { group })]));
  const withoutBob = change(groupOf(2, alice, carol, dave));
  for (const each of [bob, carol])
    assert.equal(answer(network, each, "accept", withoutBob), "done");
  // Alice's earlier word still counts, bob's does not any more: he has agreed, and has no say.
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, bob, "accept", ref), "not-involved");
  const withBob = change(groupOf(3, alice, bob, carol, dave));
  assert.equal(answer(network, dave, "accept", withBob), "done");
  assert.equal(answer(network, carol, "accept", ref), "done");
  assert.equal(notesOf(network, club), 1);
});

test("an action that changes the group counts from the next action of the proposal", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const group = groupOf(2, carol, dave);
  const ref = propose(
    network,
    alice,
    terms([packAction(club, authGroupInterface, "setGroup", { group }), noteBy(club)]),
  );
  assert.equal(answer(network, bob, "accept", ref), "approvals-missing");
  const other = propose(
    network,
    alice,
    terms([noteBy(club), packAction(club, authGroupInterface, "setGroup", { group })]),
  );
  assert.equal(answer(network, bob, "accept", other), "done");
  assert.equal(notesOf(network, club), 1);
});

test("members of members are heard, and a group may answer as a whole", () => {
  const network = withClub(groupOf(2, alice, carol));
  requireDone(network.run([createGroup(alice, inner, groupOf(2, bob, dave))], alice.key));
  const owned = accountNameConstant("owned");
  requireDone(network.run([createOwned(alice, owned, inner)], alice.key));
  const group = groupOf(2, alice, owned);
  const change = propose(
    network,
    alice,
    terms([packAction(club, authGroupInterface, "setGroup", { group })]),
  );
  assert.equal(answer(network, carol, "accept", change), "done");
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, club), 0);
  assert.equal(answer(network, dave, "accept", ref), "done");
  assert.equal(notesOf(network, club), 1);
  const second = propose(network, alice, terms([noteBy(club, 2)]));
  const answerOfInner = packAction(inner, staged, "accept", second);
  const asGroup = propose(network, bob, terms([answerOfInner]));
  assert.equal(answer(network, dave, "accept", asGroup), "done");
  assert.equal(notesOf(network, club), 2);
});

test("members of members can stop a proposal, too", () => {
  const network = networkOf();
  requireDone(network.run([createGroup(alice, inner, groupOf(2, bob, dave))], alice.key));
  requireDone(network.run([createGroup(alice, club, groupOf(2, alice, inner))], alice.key));
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, bob, "reject", ref), "done");
  assert.equal(answer(network, dave, "accept", ref), "proposal-unknown");
});

test("an owned account acts when its owner agrees", () => {
  const network = withClub(groupOf(2, alice, bob));
  const owned = accountNameConstant("owned");
  requireDone(network.run([createOwned(alice, owned, club)], alice.key));
  const ref = propose(network, alice, terms([noteBy(owned)]));
  assert.equal(answer(network, carol, "accept", ref), "not-involved");
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, owned), 1);
  const stopped = propose(network, alice, terms([noteBy(owned, 2)]));
  assert.equal(answer(network, bob, "reject", stopped), "done");
  assert.equal(answer(network, bob, "accept", stopped), "proposal-unknown");
});

test("a proposal expires, and then anybody removes it", () => {
  const network = withClub(groupOf(2, alice, bob));
  const ref = propose(network, alice, terms([noteBy(club)], { expiration: network.time + 50 }));
  assert.equal(answer(network, bob, "remove", ref), "not-the-proposer");
  network.time += 60;
  assert.equal(answer(network, bob, "accept", ref), "proposal-expired");
  assert.equal(answer(network, bob, "reject", ref), "proposal-expired");
  assert.equal(answer(network, bob, "execute", ref), "proposal-expired");
  assert.equal(answer(network, dave, "remove", ref), "done");
  assert.equal(notesOf(network, club), 0);
});

test("what has expired is cleared away by the next proposals, with its answers", () => {
  const network = withClub(groupOf(2, alice, bob));
  const soon = { expiration: network.time + 50 };
  for (let number = 0; number < 5; number++) propose(network, alice, terms([noteBy(club)], soon));
  network.time += 60;
  propose(network, bob, terms([noteBy(club)]));
  const listed = (): number => {
    const [, shown] = shownAt(network, "/proposals");
    return (shown as { proposals: readonly unknown[] }).proposals.length;
  };
  assert.equal(listed(), 2);
  propose(network, bob, terms([noteBy(club)]));
  assert.equal(listed(), 2);
});

test("the proposer takes a proposal back", () => {
  const network = withClub(groupOf(2, alice, bob));
  const ref = propose(network, carol, terms([noteBy(club)]));
  assert.equal(answer(network, alice, "remove", ref), "not-the-proposer");
  assert.equal(answer(network, carol, "remove", ref), "done");
  assert.equal(answer(network, bob, "accept", ref), "proposal-unknown");
});

test("proposals that ask for too much are refused, each with a code of its own", () => {
  const network = withClub(groupOf(2, alice, bob));
  const crowd = Array.from({ length: sendersMax + 1 }, (_, i) => person(`p-${i}`, 60 + i));
  for (const each of crowd) requireDone(network.run([creation(each)], each.key));
  const long = { ...noteBy(club), rawData: new Uint8Array(actionBytesMax + 1) };
  const now = network.time + 1;
  const cases: readonly (readonly [string, ProposalTerms])[] = [
    ["no-actions", terms([])],
    ["too-many-actions", terms(Array.from({ length: actionsMax + 1 }, () => noteBy(club)))],
    ["actions-too-long", terms([long])],
    ["too-many-senders", terms(crowd.map(({ name }) => noteBy(name)))],
    ["account-unknown", terms([noteBy(accountNameConstant("nobody"))])],
    ["expiration-past", terms([noteBy(club)], { expiration: now })],
    ["expiration-too-far", terms([noteBy(club)], { expiration: now + lifetimeSecondsMax + 99 })],
  ];
  for (const [code, wanted] of cases) {
    assert.equal(codeOf(network.run([proposal(alice, wanted)], alice.key)), code);
  }
  assert.deepEqual(shownAt(network, "/proposals"), [200, { proposals: [] }]);
});

test("the limits themselves are allowed", () => {
  const network = withClub(groupOf(2, alice, bob));
  const crowd = Array.from({ length: sendersMax }, (_, i) => person(`p-${i}`, 60 + i));
  for (const each of crowd) requireDone(network.run([creation(each)], each.key));
  const many = Array.from({ length: actionsMax }, (_, i) =>
    noteBy(crowd[i % sendersMax]?.name ?? club, i),
  );
  const ref = propose(network, dave, terms(many));
  for (const each of crowd) assert.equal(answer(network, each, "accept", ref), "done");
  assert.equal(notesOf(network, crowd[0]?.name ?? club), actionsMax / sendersMax);
});

test("nobody has more than so many proposals open", () => {
  const network = withClub(groupOf(2, alice, bob));
  const wanted = terms([noteBy(club)]);
  for (let number = 0; number < openProposalsMax; number++) propose(network, carol, wanted);
  const refused = codeOf(network.run([proposal(carol, wanted)], carol.key));
  assert.equal(refused, "too-many-proposals");
  propose(network, dave, wanted);
});

test("a locked account does nothing any more, also not what was agreed on before", () => {
  const network = withClub(groupOf(2, alice, bob));
  const ref = propose(network, alice, terms([noteBy(club)]));
  const locking = propose(network, alice, terms([lock(club)], { autoExecute: false }));
  assert.equal(answer(network, bob, "accept", locking), "done");
  assert.equal(answer(network, carol, "execute", locking), "done");
  assert.equal(answer(network, bob, "accept", ref), "not-involved");
  assert.equal(answer(network, bob, "execute", ref), "account-locked");
  assert.equal(notesOf(network, club), 0);
});

test("an account that makes itself cannot be made by a proposal in its name", () => {
  const network = withClub(groupOf(2, alice, bob));
  const eve = person("eve", 41);
  const wanted = terms([creation(eve)]);
  assert.equal(codeOf(network.run([proposal(eve, wanted)], eve.key)), "account-unknown");
  assert.equal(codeOf(network.run([proposal(alice, wanted)], alice.key)), "account-unknown");
});

test("no other service runs anything in the name of others", () => {
  const greedy = service("greedy", {
    tables: [],
    actions: {
      take: action({ packed: bytes }, nothing, (context, { packed }) => {
        const asked = runAsCodec.unpack(packed);
        if (asked.ok) context.runAs(asked.value);
      }),
    },
  });
  const network = networkOf([alice, bob], { services: [greedy.module] });
  const packed = runAsCodec.pack({ action: noteBy(bob.name), by: [bob.name] });
  const take = packAction(alice.name, greedy, "take", { packed });
  assert.equal(codeOf(network.run([take], alice.key)), "not-privileged");
  assert.equal(notesOf(network, bob.name), 0);
});

test("an auth service of somebody else is asked about its own account, and cannot stop a vote", () => {
  const stubborn = service("stubborn", {
    tables: [],
    actions: {
      canAuthUser: { ...authGroupInterface.actions.canAuthUser, run: () => Uint8Array.of(1) },
    },
  });
  const network = withClub(groupOf(2, alice, bob, carol), { services: [stubborn.module] });
  requireDone(network.run([setAuthService(carol.name, stubborn.name)], carol.key));
  const ref = propose(network, alice, terms([noteBy(club)]));
  assert.equal(answer(network, bob, "accept", ref), "done");
  assert.equal(notesOf(network, club), 1);
  // Its own actions fail, with the method that it does not have.
  assert.equal(codeOf(network.run([noteBy(carol.name)], carol.key)), "method-unknown");
});

test("an auth service that runs a proposal while it is asked about it does not run it twice", () => {
  const armed = table("armed", { id: u32, hash: checksum }, { key: ["id"] });
  const sneaky = service("sneaky", {
    tables: [armed],
    actions: {
      arm: action({ id: u32, hash: checksum }, nothing, (context, ref) =>
        context.table(armed).put(ref),
      ),
      canAuthUser: implement(authActions.canAuthUser, () => true),
      hasSay: implement(authActions.hasSay, (context) => context.table(armed).range().length > 0),
      isAuthorized: implement(authActions.isAuthorized, (context) => {
        const [ref] = context.table(armed).range();
        if (ref === undefined) return true;
        context.table(armed).remove(ref);
        context.call(staged).execute(ref);
        return true;
      }),
    },
  });
  const network = networkOf([alice, dave], { services: [sneaky.module] });
  requireDone(network.run([setAuthService(dave.name, sneaky.name)], dave.key));
  const ref = propose(network, alice, terms([noteBy(dave.name)]));
  requireDone(network.run([packAction(alice.name, sneaky, "arm", ref)], alice.key));
  assert.equal(answer(network, alice, "accept", ref), "proposal-unknown");
  assert.equal(notesOf(network, dave.name), 0);
});

test("who agreed and who did not is there for everybody to see", () => {
  const network = withClub(groupOf(3, alice, bob, carol, dave));
  const wanted = terms([noteBy(club)]);
  const ref = propose(network, alice, wanted);
  answer(network, bob, "accept", ref);
  answer(network, carol, "reject", ref);
  const [status, shown] = shownAt(network, `/proposals/${ref.id}`);
  const rawData = Buffer.from(noteBy(club).rawData).toString("hex");
  assert.equal(status, 200);
  const { proposedAt, ...rest } = shown as Readonly<Record<string, unknown>>;
  assert.match(String(proposedAt), /^179[0-9]{13}$/);
  assert.deepEqual(rest, {
    ...ref,
    proposer: alice.name,
    expiration: wanted.expiration,
    autoExecute: true,
    actions: [{ ...noteBy(club), rawData }],
    accepted: [alice.name, bob.name],
    rejected: [carol.name],
  });
  const ids = (query: string): unknown => {
    const [, listed] = shownAt(network, `/proposals?${query}`);
    return (listed as { proposals: readonly { id: number }[] }).proposals.map(({ id }) => id);
  };
  const other = propose(network, bob, terms([noteBy(club), noteBy(dave.name)]));
  assert.deepEqual(ids(`party=${club}`), [ref.id, other.id]);
  assert.deepEqual(ids(`party=${dave.name}`), [other.id]);
  assert.deepEqual(ids("proposer=bob"), [other.id]);
  assert.deepEqual(ids(`party=${club}&after=${ref.id}`), [other.id]);
  assert.deepEqual(ids("after=2"), []);
});

test("questions that make no sense get answers with a code", () => {
  const network = withClub(groupOf(2, alice, bob));
  const codes = (path: string, query = ""): unknown => {
    const [status, shown] = shownAt(network, `${path}?${query}`);
    return [status, (shown as { code: unknown }).code];
  };
  assert.deepEqual(codes("/proposals/1"), [404, "proposal-unknown"]);
  assert.deepEqual(codes("/proposals/one"), [404, "proposal-unknown"]);
  assert.deepEqual(codes("/proposals/99999999999"), [404, "proposal-unknown"]);
  assert.deepEqual(codes("/proposals/4294967296"), [404, "proposal-unknown"]);
  assert.deepEqual(codes("/proposals", "after=x"), [400, "parameter-invalid"]);
  assert.deepEqual(codes("/proposals", "party=NOT A NAME"), [400, "parameter-invalid"]);
});
