import type { Consensus } from "@kith/protocol/block";

import { Cluster } from "../scenarios/cluster.ts";
import type { Member } from "../scenarios/member.ts";
import { consensusOf } from "../scenarios/names.ts";
import { expectEqual } from "./shape.ts";

const settleMs = 5000;

/**
 * One network goes from one set of producers to another while it runs (psibase, "joint consensus"): the change has to
 * become final on all new producers, and then they have to go on without those that left.
 */
export function runTransition(
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  const cluster = new Cluster({ producers: before });
  for (const name of after) if (!before.includes(name)) cluster.add(name);
  cluster.run(settleMs);
  proposeOnLeader(cluster, "before the change");
  proposeOnLeader(cluster, "", after);
  const left = before.filter((name) => !after.includes(name));
  for (const name of left) cluster.crash(name);
  cluster.run(settleMs);
  proposeOnLeader(cluster, "after the change");

  return expectEqual(
    after.map((name) => summaryOf(cluster.member(name))),
    after.map((name) => expectedOf(cluster, name, after)),
  );
}

function proposeOnLeader(cluster: Cluster, text: string, producers?: readonly string[]): void {
  const leader = cluster.leader();
  if (leader === undefined) throw new Error("no leader");
  cluster.propose(leader.name, text, producers);
  cluster.run(settleMs);
}

/** Everything final, under the new rules alone. */
function summaryOf({ name, state }: Member): string {
  const { current, next } = state.rules?.joint ?? {};
  const rules = `rules of ${producersOf(current)}${next === undefined ? "" : " and of others"}`;
  return `${name}: head ${state.log.head.id}, final ${state.commitNum}, ${rules}`;
}

function expectedOf(cluster: Cluster, name: string, after: readonly string[]): string {
  const leader = cluster.leader();
  if (leader === undefined || !after.includes(leader.name)) return "a leader among the new ones";
  const { num, id } = leader.state.log.head;
  return `${name}: head ${id}, final ${num}, rules of ${producersOf(consensusOf(after))}`;
}

function producersOf(consensus: Consensus | undefined): string {
  return consensus?.producers.map(({ account }) => account).join(" ") ?? "nobody";
}
