import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf } from "@kith/protocol/blocks";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Cluster } from "./cluster.ts";
import { consensusOf } from "./names.ts";
import { Puppets } from "./puppets.ts";

/** In term 2 the leader `c` has proposed block 2, which begins to introduce the next producers, and `a` has voted for it. */
function bftChange(next: Consensus): { puppets: Puppets; carrier: SealedBlock } {
  const puppets = new Puppets();
  puppets.add("e", "f", "g");
  puppets.cluster.want(next);
  puppets.cluster.wanted = undefined;
  puppets.begin(2);
  const carrier = puppets.block(puppets.genesis, 2, { newConsensus: next });
  puppets.tell("c", puppets.proposal(puppets.genesis, carrier));
  assert.equal(puppets.votes().at(-1)?.prepared.id, carrier.id);
  return { puppets, carrier };
}

test("an epoch is not over by commits that nobody signed", () => {
  const { puppets, carrier } = bftChange(consensusOf(["b", "c", "d", "a"], "bft"));
  const { a } = puppets;
  const place = placeOfBlock(carrier);
  const says = { prepared: place, committed: place };
  puppets.says("b", 2, { prepared: place });
  puppets.says("c", 2, says);
  const vote = { ...puppets.vote("b", 2, says), signature: new Uint8Array(64) };
  puppets.tell("b", { kind: "vote", vote, commitNum: blockNumOf(1) });
  assert.equal(a.state.commitNum, 1);
  puppets.says("d", 2, says);
  assert.equal(a.state.commitNum, 2);
  assert.deepEqual(
    a.certificates.map(({ num }) => num as number),
    [2],
  );
});

test("producers to be do not make the block final that introduces them, or one behind it", () => {
  const next = consensusOf(["d"], "bft");
  const { puppets, carrier } = bftChange(next);
  puppets.epoch = 2;
  const own = puppets.block(carrier, 3, {
    commitNum: carrier.header.blockNum,
    consensusState: consensusStateOf({ current: next }),
  });
  const certificate = puppets.certificate("committed", carrier, 3, ["d"]);
  puppets.tell("d", { kind: "certificate", certificate });
  const behind = puppets.certificate("committed", own, 3, ["d"]);
  puppets.tell("d", { kind: "chain-response", blocks: [own], certificate: behind });
  assert.equal(puppets.a.state.commitNum, 1);
  // Those who decide yet make it final, and then they may.
  puppets.epoch = 1;
  const shown = puppets.certificate("committed", carrier, 2, ["b", "c", "d"]);
  puppets.tell("b", { kind: "certificate", certificate: shown });
  assert.equal(puppets.a.state.commitNum, 2);
  puppets.tell("d", { kind: "chain-response", blocks: [own], certificate: behind });
  assert.equal(puppets.a.state.commitNum, 3);
});

test("nor do they begin a term by what they alone prepared", () => {
  const { puppets, carrier } = bftChange(consensusOf(["d"], "bft"));
  puppets.epoch = 2;
  const own = puppets.certificate("prepared", carrier, 2, ["d"]);
  puppets.epoch = 1;
  const views = [puppets.view("d", 3, own), puppets.view("b", 3), puppets.view("c", 3)];
  puppets.tell("d", puppets.newView(own, views));
  assert.notEqual(puppets.a.state.bft.root?.id, carrier.id);
  const both = puppets.certificate("prepared", carrier, 2);
  puppets.beginBehind(3, both);
  assert.equal(puppets.a.state.bft.root?.id, carrier.id);
});

test("nor by what they made behind it themselves, which says that it is final", () => {
  const next = consensusOf(["d"], "bft");
  const { puppets, carrier } = bftChange(next);
  const own = puppets.block(carrier, 2, {
    commitNum: carrier.header.blockNum,
    consensusState: consensusStateOf({ current: next }),
  });
  puppets.epoch = 2;
  const alone = puppets.certificate("prepared", own, 2, ["d"]);
  puppets.epoch = 1;
  const views = [puppets.view("d", 3, alone), puppets.view("b", 3), puppets.view("c", 3)];
  for (const [at, view] of views.entries()) {
    const proof = at === 0 ? { certificate: alone } : {};
    puppets.tell(["d", "b", "c"][at] ?? "", { kind: "view-change", view, ...proof });
  }
  puppets.tell("d", puppets.newView(alone, views));
  puppets.tell("d", { kind: "chain-response", blocks: [own] });
  const { log, consensus } = puppets.a.state;
  assert.deepEqual([log.head.id, consensus.point.epoch], [carrier.id, 1]);
});

const strangers = consensusOf(["a", "e", "f", "g"], "bft");

test("behind the block that introduces others a term begins only when a quorum of these says so, too", () => {
  const { puppets, carrier } = bftChange(strangers);
  const prepared = puppets.certificate("prepared", carrier, 2, ["b", "c", "d", "e", "f", "g"]);
  const view = (name: string) => puppets.view(name, 3, prepared);
  const old = ["d", "b", "c"].map(view);
  puppets.tell("d", puppets.newView(prepared, old));
  assert.notEqual(puppets.a.state.bft.root?.id, carrier.id);
  puppets.tell("d", puppets.newView(prepared, [...old, ...["e", "f", "g"].map(view)]));
  assert.equal(puppets.a.state.bft.root?.id, carrier.id);
});

test("nor by a certificate that the old ones made alone", () => {
  const { puppets, carrier } = bftChange(strangers);
  const prepared = puppets.certificate("prepared", carrier, 2, ["b", "c", "d"]);
  const views = ["d", "b", "c", "e", "f", "g"].map((name) => puppets.view(name, 3, prepared));
  puppets.tell("d", puppets.newView(prepared, views));
  assert.notEqual(puppets.a.state.bft.root?.id, carrier.id);
});

/** Producers under CFT, led by `a`, change to BFT; of their confirms those with a signature are given back only when the test says so. */
function cftLeader(): { cluster: Cluster; deliverSigned: () => void } {
  const held: { readonly from: string; readonly to: string; readonly message: ConsensusMessage }[] =
    [];
  const cluster: Cluster = new Cluster({
    producers: ["a", "b", "c"],
    onSend: ({ name }, { to, message }) => {
      if (message.kind !== "confirm" || message.vote === undefined) return true;
      held.push({ from: name, to: cluster.nameOf(to), message });
      const { vote: _, ...unsigned } = message;
      cluster.post(name, { to: cluster.nameOf(to), message: unsigned });
      return false;
    },
  });
  cluster.elect("a");
  cluster.propose("a", "one");
  cluster.deliverAll();
  cluster.want(consensusOf(["a", "b", "c"], "bft"));
  cluster.change("a");
  cluster.wanted = undefined;
  cluster.deliverAll();
  const deliverSigned = (): void => {
    for (const { from, to, message } of held.splice(0)) cluster.deliver(from, { to, message });
  };
  return { cluster, deliverSigned };
}

test("under CFT a change to BFT is not final by confirms that prove nothing to others", () => {
  const { cluster, deliverSigned } = cftLeader();
  const { state } = cluster.member("a");
  const { since } = state.consensus.point;
  assert.equal(state.log.head.num, since);
  assert.equal(state.commitNum, since - 1);
  deliverSigned();
  assert.equal(state.commitNum, since);
});

/** `a` follows `b` under CFT, and has the block that introduces BFT producers. */
function cftFollower(): { puppets: Puppets; carrier: SealedBlock; next: Consensus } {
  const puppets = new Puppets(["a", "b", "c"], {}, "cft");
  puppets.add("d");
  const next = consensusOf(["a", "b", "c", "d"], "bft");
  const carrier = puppets.block(puppets.genesis, 1, { newConsensus: next });
  const vote = puppets.vote("b", 1, {
    prepared: placeOfBlock(carrier),
    committed: placeOfBlock(carrier),
  });
  puppets.tell("b", puppets.append(1, puppets.genesis, [carrier], { vote, certify: true }));
  assert.equal(puppets.a.state.log.head.id, carrier.id);
  return { puppets, carrier, next };
}

test("a follower under CFT does not believe its leader that a change to BFT is final", () => {
  const { puppets, carrier } = cftFollower();
  const commitNum = carrier.header.blockNum;
  puppets.tell("b", puppets.append(1, carrier, [], { commitNum, round: 2 }));
  assert.equal(puppets.a.state.commitNum, 1);
  const certificate = puppets.certificate("committed", carrier, 1, ["b", "c", "d"]);
  puppets.tell("b", { kind: "certificate", certificate });
  assert.equal(puppets.a.state.commitNum, 2);
});

test("nor takes it blocks of the BFT time from it, which would say so", () => {
  const { puppets, carrier, next } = cftFollower();
  const commitNum = carrier.header.blockNum;
  const later = puppets.block(carrier, 1, {
    commitNum,
    consensusState: consensusStateOf({ current: next }),
  });
  const final = later.header.blockNum;
  puppets.tell("b", puppets.append(1, carrier, [later], { commitNum: final, round: 2 }));
  assert.equal(puppets.a.state.commitNum, 1);
  assert.equal(puppets.a.state.log.head.id, carrier.id);
});

test("while CFT changes to BFT the producers to be lead nobody and move no term", () => {
  const { puppets, carrier } = cftFollower();
  const { a } = puppets;
  const own = puppets.block(carrier, 9);
  puppets.tell("d", puppets.append(9, carrier, [own]));
  assert.equal(a.state.log.head.id, carrier.id);
  assert.equal(a.state.term, 1);
});

test("the first BFT term begins behind what CFT leaders made behind the change, also where only the change is shown to be final", () => {
  const { puppets, carrier, next } = cftFollower();
  const { a } = puppets;
  const joint = consensusStateOf({ current: consensusOf(puppets.names, "cft"), next });
  // `c` leads now: by what it confirms, `a` may make its block final.
  const last = puppets.block(carrier, 2, { consensusState: joint });
  const says = { prepared: placeOfBlock(last), committed: placeOfBlock(last) };
  const vote = puppets.vote("c", 2, says);
  puppets.tell("c", puppets.append(2, carrier, [last], { vote, certify: true }));
  assert.equal(a.state.bft.lock?.id, last.id);
  // What it sent before comes late.
  const place = placeOfBlock(carrier);
  const early = puppets.vote("c", 2, { prepared: place, committed: place });
  puppets.tell("c", puppets.append(2, carrier, [], { vote: early, certify: true, round: 2 }));
  puppets.sent();
  const certificate = puppets.certificate("committed", carrier, 1, ["b", "c", "d"]);
  puppets.tell("b", { kind: "certificate", certificate });
  assert.equal(a.state.commitNum, 2);
  const views = puppets.sent().filter((message) => message.kind === "view-change");
  const [first] = views;
  assert.deepEqual([first?.view.best.id, first?.view.bestTerm], [last.id, 2]);
});

/** BFT has changed to CFT, with `a`, `b` and `c`: `a` is in the new epoch, and nobody has led in it. */
function cftBegun(): { puppets: Puppets; carrier: SealedBlock } {
  const { puppets, carrier } = bftChange(consensusOf(["a", "b", "c"], "cft"));
  const says = { prepared: placeOfBlock(carrier), committed: placeOfBlock(carrier) };
  for (const name of ["b", "c", "d"]) puppets.says(name, 2, says);
  assert.deepEqual([puppets.a.state.commitNum, puppets.a.state.term], [2, 3]);
  return { puppets, carrier };
}

test("when BFT has changed to CFT the old producers lead nobody and move no term", () => {
  const { puppets, carrier } = cftBegun();
  const { a } = puppets;
  puppets.algorithm = "cft";
  puppets.names = ["a", "b", "c"];
  const commitNum = carrier.header.blockNum;
  const block = puppets.block(carrier, 9, { commitNum });
  puppets.tell("d", puppets.append(9, carrier, [block]));
  assert.deepEqual([a.state.term, a.state.log.head.id], [3, carrier.id]);
  puppets.tell("b", puppets.append(9, carrier, [block]));
  assert.deepEqual([a.state.term, a.state.log.head.id], [9, block.id]);
});

type Ask = { readonly term: number; readonly headTerm: number };

/** Whether `a` votes for this producer, whose log ends under BFT as high as its own. */
function isGranted(puppets: Puppets, name: string, { term, headTerm }: Ask): boolean {
  const head = { headTerm: termOf(headTerm), headNum: blockNumOf(2), headUnderBft: true } as const;
  const kind = { kind: "vote-request", pre: false, transfer: false } as const;
  puppets.sent();
  puppets.tell(name, { ...kind, term: termOf(term), ...head });
  return puppets.sent().some((each) => each.kind === "vote-response" && each.granted);
}

test("a vote in the first CFT term is one also for a node that starts again before anybody has led", () => {
  const { puppets, carrier } = cftBegun();
  const ask = { term: 4, headTerm: carrier.header.term };
  assert.ok(isGranted(puppets, "b", ask));
  puppets.cluster.crash("a");
  puppets.cluster.restart("a", "applied");
  assert.ok(!isGranted(puppets, "c", ask));
});

test("the first CFT leader has what BFT producers prepared again last, and not another block of a later term than it is from", () => {
  const { puppets, carrier } = bftChange(consensusOf(["a", "b", "c"], "cft"));
  puppets.beginBehind(5, puppets.certificate("prepared", carrier, 2));
  const says = { prepared: placeOfBlock(carrier), committed: placeOfBlock(carrier) };
  for (const name of ["b", "c", "d"]) puppets.says(name, 5, says);
  const { commitNum, term } = puppets.a.state;
  assert.deepEqual([commitNum, term], [2, 6]);
  assert.ok(!isGranted(puppets, "b", { term: 7, headTerm: 4 }));
  assert.ok(isGranted(puppets, "b", { term: 7, headTerm: 5 }));
});
