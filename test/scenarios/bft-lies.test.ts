import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import { certificateFor, placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

type Kind = ConsensusMessage["kind"];

function ofKind<K extends Kind>(sent: readonly ConsensusMessage[], kind: K) {
  return sent.filter((message): message is Extract<ConsensusMessage, { kind: K }> => {
    return message.kind === kind;
  });
}

test("a block that somebody else slips in before the leader's own is not taken for the leader's", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(3);
  const first = puppets.block(genesis, 3);
  const second = puppets.block(first, 3);
  const slipped = puppets.block(genesis, 3, { time: genesis.header.time + 7 });
  const proposal = puppets.proposal(first, second);
  assert.ok(proposal.kind === "proposal");
  puppets.tell("b", { ...proposal, previous: placeOfBlock(genesis), blocks: [slipped, second] });
  assert.equal(a.state.log.head.num, 1);
  puppets.tell("d", puppets.proposal(genesis, first, second));
  assert.equal(puppets.votes().at(-1)?.prepared.id, second.id);
});

test("blocks up to a root are taken only with a certificate for it: a leader that claims one makes nobody drop anything", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(2);
  const own = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, own));
  assert.equal(a.state.log.head.id, own.id);
  const invented = puppets.block(genesis, 1);
  const claimed = puppets.certificate("prepared", invented, 2, ["d"]);
  const views = [puppets.view("d", 3, claimed), puppets.view("b", 3), puppets.view("c", 3)];
  for (const view of views) puppets.tell(nameOf(puppets, view.node), { kind: "view-change", view });
  assert.equal(a.state.term, 3);
  puppets.tell("d", puppets.newView(claimed, views));
  puppets.tell("d", { kind: "chain-response", blocks: [invented] });
  assert.equal(a.state.log.head.id, own.id);
});

function nameOf(puppets: Puppets, node: string): string {
  return (
    puppets.names.find((name) => puppets.pen(name).node === node) ??
    assert.fail(`nobody is ${node}`)
  );
}

test("pitfall 26: a node keeps the block that it is bound to, and gives it to whoever leads next", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(2);
  const locked = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, locked));
  for (const name of ["b", "c"]) puppets.says(name, 2, { prepared: placeOfBlock(locked) });
  assert.equal(a.state.bft.lock?.id, locked.id);
  // A quorum that knows of nothing begins the next term without it.
  puppets.begin(3);
  assert.equal(a.state.log.head.id, locked.id);
  assert.equal(a.state.term, 3);
  puppets.sent();
  puppets.tell("b", chainRequest(puppets));
  const answers = ofKind(puppets.sent(), "chain-response");
  assert.deepEqual(
    answers.flatMap(({ blocks }) => blocks.map(({ id }) => id)),
    [locked.id],
  );
  // It takes part again as soon as that term has made something final.
  const other = puppets.block(genesis, 3);
  const certificate = puppets.certificate("committed", other, 3);
  puppets.tell("b", { kind: "chain-response", blocks: [other], certificate });
  assert.equal(a.state.commitNum, 2);
  const next = puppets.block(other, 3);
  puppets.tell("d", puppets.proposal(other, next));
  assert.equal(puppets.votes().at(-1)?.prepared.id, next.id);
});

test("a node that is bound joins a term as soon as it is shown what a quorum prepared in it", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(2);
  const locked = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, locked));
  for (const name of ["b", "c"]) puppets.says(name, 2, { prepared: placeOfBlock(locked) });
  puppets.begin(3);
  assert.equal(a.state.role, "candidate");
  puppets.tell("b", {
    kind: "certificate",
    certificate: puppets.certificate("prepared", genesis, 3),
  });
  assert.equal(a.state.bft.root?.id, genesis.id);
  assert.equal(puppets.votes().at(-1)?.prepared.id, genesis.id);
});

test("blocks before a root are fetched also for a term that this node has not come to", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(1);
  puppets.restart();
  const block = puppets.block(genesis, 1);
  const prepared = puppets.certificate("prepared", block, 1);
  const views = [puppets.view("d", 3, prepared), puppets.view("b", 3), puppets.view("c", 3)];
  puppets.tell("d", puppets.newView(prepared, views));
  assert.equal(a.state.term, 3);
  puppets.tell("d", { kind: "chain-response", blocks: [block] });
  assert.equal(puppets.votes().at(-1)?.prepared.id, block.id);
});

function chainRequest({ genesis }: Puppets): ConsensusMessage {
  const place = placeOfBlock(genesis);
  return { kind: "chain-request", final: place, head: place };
}

test("pitfall 28: a leader gets the blocks of a better certificate from whoever names it, and leads from there", () => {
  const puppets = new Puppets(["b", "c", "d", "a"]);
  const { a, genesis } = puppets;
  const hidden = puppets.block(genesis, 1);
  const prepared = puppets.certificate("prepared", hidden, 1);
  const views = [puppets.view("b", 3), puppets.view("c", 3, prepared)];
  for (const view of views) {
    const certificate = view.best.num > 1 ? { certificate: prepared } : {};
    puppets.tell(nameOf(puppets, view.node), { kind: "view-change", view, ...certificate });
  }
  assert.equal(a.state.term, 3);
  assert.equal(ofKind(puppets.sent(), "chain-request").length, 1);
  puppets.tell("c", { kind: "chain-response", blocks: [hidden] });
  assert.equal(a.state.role, "leader");
  assert.equal(a.state.bft.root?.id, hidden.id);
  const told = ofKind(puppets.sent(), "view-change").map(({ view }) => view.best.id);
  assert.ok(told.includes(hidden.id), "it issues a second view change");
});

test("a leader's claim about its certificate is not believed beyond what the certificate says", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  const block = puppets.block(genesis, 1);
  puppets.begin(1);
  puppets.tell("b", puppets.proposal(genesis, block));
  const prepared = puppets.certificate("prepared", block, 1);
  const claims = [
    puppets.view("d", 3, { ...prepared, epoch: blockNumOf(2) }),
    puppets.view("d", 3, { ...prepared, term: puppets.block(genesis, 2).header.term }),
    puppets.view("d", 3, { ...prepared, num: blockNumOf(3) }),
    puppets.view("d", 3, { ...prepared, id: genesis.id }),
  ];
  for (const claim of claims) {
    const views = [claim, puppets.view("b", 3), puppets.view("c", 3)];
    puppets.tell("d", puppets.newView(prepared, views));
    assert.ok(a.state.term === 1 || a.state.bft.root === undefined);
  }
});

test("votes of a later term prove nothing about blocks before its root: nobody goes back behind what was committed", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  const block = puppets.block(genesis, 1);
  puppets.begin(1);
  puppets.tell("b", puppets.proposal(genesis, block));
  for (const name of ["b", "c"]) puppets.says(name, 1, { prepared: placeOfBlock(block) });
  assert.equal(puppets.votes().at(-1)?.committed.id, block.id);
  // In term 2, which goes on from the block, everybody prepares it again. The same votes name what it stands on.
  const again = puppets.certificate("prepared", block, 2);
  const place = placeOfBlock(genesis);
  const behind = certificateFor("prepared", place, again.votes, [block.header]);
  const views = [puppets.view("d", 3, behind), puppets.view("b", 3), puppets.view("c", 3)];
  puppets.tell("d", puppets.newView(behind, views));
  assert.equal(a.state.log.head.id, block.id);
  assert.equal(a.state.bft.lock?.id, block.id);
  // Nor does it when it shows that the genesis block is final, which is true.
  const certificate = { ...behind, kind: "committed" } as const;
  puppets.tell("d", { kind: "certificate", certificate });
  assert.equal(a.state.bft.lock?.id, block.id);
});

test("a node locks nothing before the root of its term, whoever votes for what follows", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  const block = puppets.block(genesis, 1);
  puppets.begin(1);
  puppets.tell("b", puppets.proposal(genesis, block));
  const prepared = puppets.certificate("prepared", block, 1);
  const views = [puppets.view("c", 2, prepared), puppets.view("b", 2), puppets.view("d", 2)];
  puppets.tell("c", puppets.newView(prepared, views));
  const next = puppets.block(block, 2);
  puppets.tell("c", puppets.proposal(block, next));
  puppets.says("b", 2, { prepared: placeOfBlock(block) });
  const { lock } = a.state.bft;
  // Two votes for the new block and one for the root are a quorum for the root, and no proof that anybody can order.
  assert.deepEqual([lock?.term, lock?.num], [1, 2]);
  puppets.says("b", 2, { prepared: placeOfBlock(next) });
  assert.deepEqual([a.state.bft.lock?.term, a.state.bft.lock?.num], [2, 3]);
});

test("a vote for a block that went when the term began counts for no other block at its height", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(2);
  const gone = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, gone));
  // The leader of term 3 has told `b` that it goes on from that block, and tells `a` that it does from the one before.
  puppets.says("b", 3, { prepared: placeOfBlock(gone) });
  puppets.begin(3);
  const other = puppets.block(genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, other));
  const lockedId = (): string | undefined => a.state.bft.lock?.id;
  assert.equal(a.state.log.head.id, other.id);
  assert.equal(lockedId(), undefined);
  puppets.says("c", 3, { prepared: placeOfBlock(other) });
  assert.equal(lockedId(), other.id);
});

test("a certificate of an epoch that never was does not outdo what a quorum prepared, also when its block has left memory", () => {
  const puppets = new Puppets(["a", "b", "c", "d"], { recentBlocks: 1 });
  const { a, genesis } = puppets;
  puppets.begin(2);
  const old = puppets.makeFinal(genesis, 2);
  const last = puppets.makeFinal(puppets.makeFinal(old, 2), 2);
  assert.equal(a.state.log.idAt(old.header.blockNum), undefined);
  const locked = puppets.block(last, 2);
  puppets.tell("c", puppets.proposal(last, locked));
  for (const name of ["b", "c"]) puppets.says(name, 2, { prepared: placeOfBlock(locked) });
  const lock = a.state.bft.lock ?? assert.fail("nothing is locked");
  const invented = { ...puppets.certificate("prepared", old, 2), epoch: blockNumOf(9) };
  const views = [
    puppets.view("d", 3, invented),
    puppets.view("b", 3, lock),
    puppets.view("c", 3, lock),
  ];
  puppets.tell("d", puppets.newView(invented, views));
  assert.equal(a.state.bft.root?.id === old.id, false);
  assert.equal(a.state.log.head.id, locked.id);
});

test("a liar that says that it is ahead and then is silent keeps nobody from asking others", () => {
  const puppets = new Puppets();
  puppets.begin(3);
  const ahead = { ...puppets.vote("b", 3, {}), epoch: blockNumOf(2) };
  puppets.tell("c", { kind: "vote", vote: puppets.vote("c", 3, {}), commitNum: blockNumOf(2) });
  let asked = 0;
  for (let passed = 0; passed < 2_000; passed += 25) {
    puppets.tell("b", { kind: "vote", vote: ahead, commitNum: blockNumOf(1_000_000) });
    puppets.cluster.pass("a", 25);
    for (const { to, message } of puppets.cluster.queue("a").splice(0)) {
      if (message.kind === "chain-request" && to === "c") asked += 1;
    }
  }
  assert.ok(asked >= 8, `asked ${asked} times`);
});
