import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { Consensus } from "@kith/protocol/block";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import { Cluster } from "./cluster.ts";
import { followCluster } from "./light-follower.ts";
import { consensusOf } from "./names.ts";

type Side = { readonly algorithm: Consensus["algorithm"]; readonly producers: readonly string[] };

/** psibase's own list (its tests of consensus, data tables), and those of the same kind that it leaves out. */
const transitions: readonly (readonly [Side, Side])[] = readTransitions();

function readTransitions(): readonly (readonly [Side, Side])[] {
  const text = readFileSync(new URL("joint-transitions.txt", import.meta.url), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [from = "", to = ""] = line.split(" -> ");
      return [sideOf(from), sideOf(to)] as const;
    });
}

function sideOf(text: string): Side {
  const [algorithm = "", letters = ""] = text.trim().split(" ");
  return { algorithm: algorithm === "bft" ? "bft" : "cft", producers: letters.split("") };
}

export function networkOf(from: Side, to: Side): Cluster {
  const cluster = new Cluster({ producers: from.producers, algorithm: from.algorithm });
  for (const name of to.producers) if (!cluster.members.has(name)) cluster.add(name);
  connect(cluster);
  return cluster;
}

function connect(cluster: Cluster): void {
  for (const [name] of cluster.members) {
    const nodes = [...cluster.members.values()]
      .filter((member) => member.name !== name)
      .map(({ config }) => config.self);
    cluster.input(name, { kind: "observers", nodes });
  }
}

/** Somebody leads among those that decide now, and makes a block final that everybody has. */
function makeProgress(cluster: Cluster, text: string, side: Side): void {
  for (let waited = 0; waited < 400; waited += 1) {
    const leader = cluster.leader();
    if (leader !== undefined && side.producers.includes(leader.name)) {
      const before = leader.state.log.head.num;
      cluster.propose(leader.name, text);
      cluster.run(100);
      if (leader.state.commitNum > before) return;
    }
    cluster.run(50);
  }
  assert.fail(`no progress: ${describe(cluster)}`);
}

function describe(cluster: Cluster): string {
  return [...cluster.members.values()]
    .map(({ name, state }) => {
      const { role, term, commitNum, log } = state;
      const { joint } = state.consensus.point;
      const algorithm = `${joint.current.algorithm}${joint.next === undefined ? "" : `>${joint.next.algorithm}`}`;
      return `${name} ${role} ${algorithm} term ${term} final ${commitNum} head ${log.head.num}`;
    })
    .join("; ");
}

function change(cluster: Cluster, from: Side, to: Side): void {
  cluster.want(consensusOf(to.producers, to.algorithm));
  for (let waited = 0; waited < 400; waited += 1) {
    const leader = cluster.leader();
    if (leader !== undefined && from.producers.includes(leader.name)) {
      const before = leader.state.log.head.num;
      cluster.change(leader.name);
      if (leader.state.log.head.num > before) break;
    }
    cluster.run(50);
  }
  cluster.wanted = undefined;
  for (let waited = 0; waited < 600 && !isOver(cluster, to); waited += 1) cluster.run(50);
  assert.ok(isOver(cluster, to), `the change is not over: ${describe(cluster)}`);
}

function isOver(cluster: Cluster, to: Side): boolean {
  return to.producers.every((name) => {
    const { state } = cluster.member(name);
    const { joint, since } = state.consensus.point;
    const inForce =
      joint.next !== undefined && state.commitNum >= since ? joint.next : joint.current;
    return (
      inForce.algorithm === to.algorithm &&
      inForce.producers.length === to.producers.length &&
      state.commitNum >= since
    );
  });
}

/** Cuts and heals links at random, and has nodes crash and come back, while time passes. */
function storm(cluster: Cluster, seed: number, steps: number): void {
  const random = seedRandom(seed);
  const names = [...cluster.members.keys()];
  const pick = (): string => names[nextBelow(random, names.length)] ?? "";
  for (let done = 0; done < steps; done += 1) {
    const dice = nextBelow(random, 10);
    if (dice < 4) cluster.cut(pick(), pick(), nextBelow(random, 2) === 0);
    else if (dice < 6) cluster.healAll();
    else if (dice === 6) restart(cluster, pick());
    else {
      const leader = cluster.leader();
      if (leader !== undefined) cluster.propose(leader.name, `storm ${done}`);
    }
    const leader = cluster.leader();
    if (leader !== undefined && cluster.wanted !== undefined) cluster.change(leader.name);
    cluster.run(20 + nextBelow(random, 200));
  }
  cluster.healAll();
}

function restart(cluster: Cluster, name: string): void {
  cluster.crash(name);
  cluster.restart(name, "applied");
  connect(cluster);
}

const seed = Number(process.env["KITH_JOINT_SEED"] ?? Math.floor(Math.random() * 1e9));

for (const [index, [from, to]] of transitions.entries()) {
  const name = `${titleOf(from)} -> ${titleOf(to)}`;
  test(`${name}: a storm of partitions and crashes leaves one chain that goes on (seed ${seed})`, () => {
    const cluster = networkOf(from, to);
    makeProgress(cluster, "before", from);
    cluster.want(consensusOf(to.producers, to.algorithm));
    storm(cluster, seed + index, 60);
    cluster.run(2_000);
    if (isOver(cluster, to)) cluster.wanted = undefined;
    else change(cluster, from, to);
    makeProgress(cluster, "after", to);
    cluster.run(3_000);
    const finals = to.producers.map((each) => cluster.member(each).state.commitNum);
    assert.equal(new Set(finals).size, 1, describe(cluster));
    const followed = followCluster(cluster);
    assert.ok(followed.ok, followed.ok ? "" : JSON.stringify(followed.error));
    assert.ok(followed.value.changes.length > 0);
  });
}

function titleOf({ algorithm, producers }: Side): string {
  return `${algorithm} ${producers.join("")}`;
}

for (const [from, to] of transitions) {
  test(`${titleOf(from)} -> ${titleOf(to)}: blocks go on before, while and after the producers change`, () => {
    const cluster = networkOf(from, to);
    makeProgress(cluster, "before", from);
    change(cluster, from, to);
    makeProgress(cluster, "after", to);
    makeProgress(cluster, "and on", to);
    cluster.run(1_000);
    const finals = to.producers.map((name) => cluster.member(name).state.commitNum);
    assert.equal(new Set(finals).size, 1, describe(cluster));
  });
}

test("pitfall 22: what old BFT producers repeat in later terms outdoes no block of the CFT producers that took over", () => {
  const [old, next] = [sideOf("bft abcd"), sideOf("cft efg")];
  const cluster = networkOf(old, next);
  makeProgress(cluster, "before", old);
  cluster.want(consensusOf(next.producers, "cft"));
  cluster.change(leaderName(cluster));
  cluster.deliverAllOnce();
  cluster.deliverAllOnce();
  // The commits reach e and f; nobody else hears theirs, so only they know that the change is final.
  const others = ["a", "b", "c", "d", "g"];
  for (const name of others) for (const taken of ["e", "f"]) cluster.cut(taken, name, false);
  cluster.deliverAllOnce();
  for (const name of others) for (const taken of ["e", "f"]) cluster.cut(taken, name);
  cluster.wanted = undefined;
  for (let waited = 0; waited < 10; waited += 1) cluster.run(1_000);
  const leader = ["e", "f"].find((name) => cluster.member(name).state.role === "leader") ?? "";
  const { term, commitNum } = cluster.member(leader).state;
  const late = cluster.member("g").state;
  assert.ok((late.bft.lock?.term ?? 0) > term && late.commitNum < commitNum, describe(cluster));
  cluster.isolate(leader);
  const left = leader === "e" ? "f" : "e";
  for (const name of ["a", "b", "c", "d"]) cluster.cut("g", name);
  cluster.heal("g", left);
  for (let waited = 0; waited < 10; waited += 1) cluster.run(1_000);
  for (const name of ["g", left]) cluster.propose(name, "and on");
  cluster.run(100);
  assert.ok(late.commitNum > commitNum, describe(cluster));
});

function leaderName(cluster: Cluster): string {
  const leader = cluster.leader();
  assert.ok(leader !== undefined, describe(cluster));
  return leader.name;
}

for (const [next, leaderStays] of [
  ["cft abcd", true],
  ["cft efg", false],
] as const) {
  test(`bft abcd -> ${next}: somebody leads within a heartbeat, and nobody waits for an election`, () => {
    const [old, to] = [sideOf("bft abcd"), sideOf(next)];
    const cluster = networkOf(old, to);
    makeProgress(cluster, "before", old);
    const last = leaderName(cluster);
    cluster.want(consensusOf(to.producers, to.algorithm));
    cluster.change(last);
    cluster.wanted = undefined;
    for (let waited = 0; waited < 100 && !isOver(cluster, to); waited += 1) cluster.run(10);
    assert.ok(isOver(cluster, to), describe(cluster));
    cluster.run(250);
    const leader = leaderName(cluster);
    assert.equal(leader === last, leaderStays);
    const before = cluster.member(leader).state.commitNum;
    cluster.propose(leader, "at once");
    cluster.run(50);
    assert.ok(cluster.member(leader).state.commitNum > before, describe(cluster));
  });
}

test("bft abcd -> cft abcd: when the last leader is gone the others elect one as ever", () => {
  const [old, to] = [sideOf("bft abcd"), sideOf("cft abcd")];
  const cluster = networkOf(old, to);
  makeProgress(cluster, "before", old);
  const last = leaderName(cluster);
  cluster.want(consensusOf(to.producers, to.algorithm));
  cluster.change(last);
  cluster.wanted = undefined;
  cluster.run(20);
  cluster.crash(last);
  const rest = { ...to, producers: to.producers.filter((name) => name !== last) };
  for (let waited = 0; waited < 100 && !isOver(cluster, rest); waited += 1) cluster.run(10);
  makeProgress(cluster, "after", rest);
});
