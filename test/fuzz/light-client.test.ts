import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockHeader, Consensus } from "@kith/protocol/block";
import { blockIdOfHeader, consensusStateOf } from "@kith/protocol/blocks";
import { quorumSize, type Certificate } from "@kith/protocol/certificate";
import { certifiedHeaderCodec } from "@kith/protocol/certificates";
import { checkpointCodec, type Checkpoint } from "@kith/protocol/checkpoint";
import {
  consensusAfter,
  consensusUnder,
  type ConsensusPoint,
} from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf, termOf, type BlockId } from "@kith/protocol/ids";
import {
  followGenesis,
  followHeader,
  provedAncestors,
  type CertifiedHeader,
} from "@kith/protocol/light-client";
import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";
import {
  signTestVote,
  TestChain,
  testConsensus,
  testProducer,
  type TestProducer,
} from "@kith/protocol/test-chain";
import type { BlockPlace, SignedVote, Vote } from "@kith/protocol/vote";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

const people: readonly TestProducer[] = Array.from({ length: 16 }, (_, at) => testProducer(at));

/** A network over several changes of producers, and what its quorums certified. */
type History = {
  readonly chain: TestChain;
  readonly ids: ReadonlySet<BlockId>;
  readonly certified: readonly CertifiedHeader[];
  readonly checkpoints: readonly Checkpoint[];
};

class Dice {
  readonly #random: RandomState;

  constructor(start: number) {
    this.#random = seedRandom(start);
  }

  below(bound: number): number {
    return nextBelow(this.#random, bound);
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }

  some<T>(from: readonly T[], atLeast: number): readonly T[] {
    const rest = [...from];
    const size = atLeast + this.below(from.length - atLeast + 1);
    return Array.from({ length: size }, () => {
      const [taken] = rest.splice(this.below(rest.length), 1);
      if (taken === undefined) throw new Error("too few to take from");
      return taken;
    });
  }
}

function randomConsensus(dice: Dice): Consensus {
  const size = 1 + dice.below(6);
  return testConsensus(dice.pick(["cft", "bft"]), dice.some(people, size).slice(0, size));
}

function membersOf(consensus: Consensus | undefined): readonly TestProducer[] {
  const nodes = new Set(consensus?.producers.map(({ node }) => node));
  return people.filter(({ node }) => nodes.has(node));
}

function openHistory(dice: Dice): History {
  const chain = new TestChain(randomConsensus(dice));
  const certified: CertifiedHeader[] = [];
  let term = 1;
  while (chain.headers.length < 30) {
    const { joint } = chain.point(chain.headers.length);
    const isChange = joint.next === undefined && dice.below(4) === 0;
    const ends = dice.below(2) === 0;
    term += dice.below(2);
    const before = chain.headers.length;
    const since = chain.point(before).since;
    chain.append({
      term,
      ...(isChange ? { newConsensus: randomConsensus(dice) } : {}),
      commitNum: joint.next === undefined || ends ? before : since - 1,
    });
  }
  for (const { blockNum: num, newConsensus } of chain.headers.slice(1)) {
    if (newConsensus === undefined && dice.below(3) > 0) continue;
    const { joint } = chain.point(num);
    const voters = new Set([...membersOf(joint.current), ...membersOf(joint.next)]);
    const certificate = chain.certificate({ num, voters: [...voters] });
    certified.push({ header: chain.header(num), certificate });
  }
  const genesis = followGenesis(chain.id, chain.header(1));
  assert.ok(genesis.ok);
  const checkpoints = [genesis.value.checkpoint];
  for (const each of certified) {
    const last = checkpoints.at(-1);
    assert.ok(last !== undefined);
    const followed = followHeader(last, each);
    assert.ok(followed.ok, followed.ok ? "" : followed.error.code);
    checkpoints.push(followed.value.checkpoint);
  }
  const ids = new Set(chain.headers.map(blockIdOfHeader));
  return { chain, ids, certified, checkpoints };
}

/** A block that never became final, where one might have: other contents at the same place under the same rules. */
type Fork = {
  readonly checkpoint: Checkpoint;
  readonly header: BlockHeader;
  /** The rules after the block. */
  readonly point: ConsensusPoint;
  /** The network's own block at its place, as it was certified. */
  readonly real: CertifiedHeader;
};

function forkOf(history: History, dice: Dice): Fork {
  const at = dice.below(history.certified.length);
  const [real, checkpoint] = [history.certified[at], history.checkpoints[at]];
  assert.ok(real !== undefined && checkpoint !== undefined);
  const before = history.chain.point(real.header.blockNum - 1);
  const { newConsensus, ...plain } = { ...real.header, stateRoot: zeroChecksum };
  const isFree = consensusUnder(before, plain.commitNum).joint.next === undefined;
  const free = dice.below(2) === 0 ? newConsensus : randomConsensus(dice);
  const changed = isFree ? free : undefined;
  const header = changed === undefined ? plain : { ...plain, newConsensus: changed };
  return { checkpoint, header, point: consensusAfter(before, header), real };
}

type Claim = { readonly checkpoint: Checkpoint; readonly claim: CertifiedHeader };

function isFollowed({ checkpoint, claim }: Claim): boolean {
  return followHeader(checkpoint, claim).ok;
}

function placeOf(header: BlockHeader): BlockPlace {
  return { num: header.blockNum, id: blockIdOfHeader(header) };
}

/** Everybody who decides, but for one set of producers, of which one is missing for a quorum. */
function tooFew({ joint }: ConsensusPoint, dice: Dice): readonly TestProducer[] {
  const sets = joint.next === undefined ? [joint.current] : [joint.current, joint.next];
  const lacking = dice.pick(sets);
  const members = membersOf(lacking);
  const voting = members.slice(0, quorumSize(lacking.algorithm, members.length) - 1);
  return everybody({ joint }).filter((each) => !members.includes(each) || voting.includes(each));
}

function everybody({ joint }: Pick<ConsensusPoint, "joint">): readonly TestProducer[] {
  return [...new Set([...membersOf(joint.current), ...membersOf(joint.next)])];
}

/**
 * A certificate for the fork, by somebody who has every vote that was ever cast and adds what he likes. Producers
 * voted for it as they may: fewer than a quorum, or a quorum in another sense.
 */
function forgedCertificate(history: History, dice: Dice, fork: Fork): Certificate {
  const { header, point, real } = fork;
  const { chain } = history;
  const place = placeOf(header);
  const about = { epoch: point.epoch, term: header.term };
  const said = { ...about, prepared: place, committed: place };
  const voters = tooFew(point, dice);
  const missing = everybody(point).filter((each) => !voters.includes(each));
  const cast = (by: readonly TestProducer[], vote: Vote): SignedVote[] =>
    by.map((voter) => signTestVote(chain.id, vote, voter));
  const votes = cast(voters, said);
  const full = (more: readonly SignedVote[]): Certificate => ({
    kind: "committed",
    ...about,
    ...place,
    links: [],
    votes: [...votes, ...more].toSorted((a, b) => (a.node < b.node ? -1 : 1)),
  });
  const thief = people.filter((each) => !everybody(point).includes(each)).slice(0, 1);
  const later = { ...said, term: termOf(header.term + 1) };
  const nothing = { ...said, committed: placeOf(chain.header(header.blockNum - 1)) };
  return dice.pick<() => Certificate>([
    () => full([]),
    () => full(votes.slice(0, missing.length)),
    () => full(cast(thief, said)),
    () =>
      full(missing.map(({ node }) => ({ ...said, node, signature: new Uint8Array(64).fill(9) }))),
    () =>
      full(
        missing.map(({ node }) => ({
          ...said,
          node,
          signature: dice.pick(real.certificate.votes).signature,
        })),
      ),
    () => full(cast(missing, later)),
    () => full(cast(missing, { ...said, epoch: blockNumOf(said.epoch + 1) })),
    () => full(cast(missing, { ...said, committed: placeOf(real.header) })),
    () => full(cast(missing, nothing)),
    () => ({ ...full(cast(missing, nothing)), kind: "prepared" }),
    () => ({ ...real.certificate, ...place }),
    () => ({ ...real.certificate, ...place, links: [real.header] }),
    () => ({ ...dice.pick(history.certified).certificate, ...place, links: nextOf(chain, header) }),
    () => real.certificate,
  ])();
}

/** The network's header behind this place, which does not descend from a fork. */
function nextOf(chain: TestChain, { blockNum }: BlockHeader): readonly BlockHeader[] {
  return chain.headers.slice(blockNum, blockNum + 1);
}

/** Somebody names himself the next producer, and votes for it in the epoch that this would begin. */
function usurped(history: History, dice: Dice): Claim {
  const { checkpoint, header, point } = forkOf(history, dice);
  const inForce = membersOf(point.joint.current);
  const thieves = people.filter((each) => !inForce.includes(each)).slice(0, 1 + dice.below(4));
  const taken = { ...header, newConsensus: testConsensus(dice.pick(["cft", "bft"]), thieves) };
  const place = placeOf(taken);
  const about = { epoch: dice.pick([taken.blockNum, point.epoch]), term: header.term };
  const said = { ...about, prepared: place, committed: place };
  const votes = thieves
    .map((voter) => signTestVote(history.chain.id, said, voter))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  const certificate: Certificate = { kind: "committed", ...about, ...place, links: [], votes };
  return { checkpoint, claim: { header: taken, certificate } };
}

/** Raft figure 8: everybody has the block in a later term, whose leader made none of its own. */
function figureEight(history: History, { header, point }: Fork): Certificate | undefined {
  if (point.joint.current.algorithm !== "cft") return undefined;
  const place = placeOf(header);
  const about = { epoch: point.epoch, term: termOf(header.term + 1) };
  const votes = everybody(point)
    .map((voter) =>
      signTestVote(history.chain.id, { ...about, prepared: place, committed: place }, voter),
    )
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  return { kind: "committed", ...about, ...place, links: [], votes };
}

/** A change that never became final, and behind it a block that the old producers have, but not the new ones. */
function unknownChange(history: History, dice: Dice): Claim {
  const { chain } = history;
  const at = dice.below(history.certified.length);
  const [real, checkpoint] = [history.certified[at], history.checkpoints[at]];
  assert.ok(real !== undefined && checkpoint !== undefined);
  const under = consensusUnder(chain.point(real.header.blockNum - 1), real.header.commitNum).joint
    .current;
  const joint = { current: under, next: randomConsensus(dice) };
  const { newConsensus: _, ...plain } = real.header;
  const header = { ...plain, consensusState: consensusStateOf(joint) };
  const place = placeOf(header);
  const about = { epoch: real.certificate.epoch, term: header.term };
  const votes = membersOf(under)
    .map((voter) => signTestVote(chain.id, { ...about, prepared: place, committed: place }, voter))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  return {
    checkpoint,
    claim: { header, certificate: { kind: "committed", ...about, ...place, links: [], votes } },
  };
}

test(`a network is followed over its changes, and no block that is not final is (seed ${seed})`, () => {
  check(30, fc.nat(0xffff_ffff), (start) => {
    const dice = new Dice(start);
    const history = openHistory(dice);
    for (let i = 0; i < 60; i++) {
      const fork = forkOf(history, dice);
      const forged = dice.below(10) === 0 ? figureEight(history, fork) : undefined;
      const certificate = forged ?? forgedCertificate(history, dice, fork);
      const followed = followHeader(fork.checkpoint, { header: fork.header, certificate });
      assert.ok(!followed.ok, `seed ${start}, step ${i}: a forgery is believed`);
    }
    for (let i = 0; i < 10; i++) {
      const unknown = unknownChange(history, dice);
      assert.ok(!isFollowed(unknown), `seed ${start}: an unknown change is passed over`);
      assert.ok(!isFollowed(usurped(history, dice)), `seed ${start}: a thief is believed`);
    }
    for (const [at, certified] of history.certified.entries()) {
      const checkpoint = history.checkpoints[at + 1];
      assert.ok(checkpoint !== undefined);
      assert.ok(!followHeader(checkpoint, certified).ok);
    }
  });
});

test(`changed bytes are refused or mean the same (seed ${seed})`, () => {
  const histories = [1, 2, 3].map((start) => openHistory(new Dice(seed + start)));
  const change = fc.constantFrom(...histories).chain((history) =>
    fc.integer({ min: 0, max: history.certified.length - 1 }).chain((at) => {
      const sent = history.certified[at];
      assert.ok(sent !== undefined);
      const bytes = mutated(fc.constant(certifiedHeaderCodec.pack(sent)));
      return fc.tuple(fc.constant(history), fc.constant(at), bytes);
    }),
  );
  check(2_000, change, ([history, at, bytes]) => {
    const received = certifiedHeaderCodec.unpack(bytes);
    const checkpoint = history.checkpoints[at];
    if (!received.ok || checkpoint === undefined) return;
    const followed = followHeader(checkpoint, received.value);
    if (followed.ok) assert.deepEqual(received.value, history.certified[at]);
  });
  check(2_000, change, ([history, at, bytes]) => {
    const checkpoint = history.checkpoints[at];
    assert.ok(checkpoint !== undefined);
    const kept = checkpointCodec.unpack(bytes.subarray(0, 200));
    if (kept.ok) assert.deepEqual(checkpointCodec.unpack(checkpointCodec.pack(kept.value)), kept);
  });
});

test(`nothing but the blocks before a block are its ancestors (seed ${seed})`, () => {
  check(30, fc.nat(0xffff_ffff), (start) => {
    const dice = new Dice(start);
    const history = openHistory(dice);
    const [certified] = history.certified.slice(-1);
    const checkpoint = history.checkpoints.at(-2);
    assert.ok(certified !== undefined && checkpoint !== undefined);
    const from = followHeader(checkpoint, certified);
    assert.ok(from.ok);
    const { header } = from.value.proved;
    const back = history.chain.headers.slice(0, header.blockNum - 1).toReversed();
    assert.ok(provedAncestors(from.value.proved, back).ok);
    const wrong = [...back];
    const [at, source] = [dice.below(wrong.length), dice.below(wrong.length)];
    const other = wrong[source];
    assert.ok(other !== undefined);
    wrong[at] = dice.pick([other, { ...other, stateRoot: zeroChecksum }]);
    const ancestors = provedAncestors(from.value.proved, wrong);
    if (!ancestors.ok) return;
    for (const { id } of ancestors.value) assert.ok(history.ids.has(id));
  });
});
