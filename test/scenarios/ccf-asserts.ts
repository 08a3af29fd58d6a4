import { ScriptFailure, type World } from "./ccf-world.ts";
import type { Member } from "./member.ts";

/** Why a line tests something that CCF alone has; undefined when it was checked. */
export type NotApplicable = string | undefined;

const roleNames = {
  leader: "Leader",
  candidate: "Candidate",
  follower: "Follower",
  observer: "Follower",
} as const;

export function assertDetail(
  world: World,
  name: string,
  [key = "", wanted = ""]: readonly string[],
  equal: boolean,
): NotApplicable {
  if (key === "retirement_phase") return "CCF's own retirement protocol";
  const expected = wanted === "Primary" ? "Leader" : wanted === "Backup" ? "Follower" : wanted;
  const actual = detail(world, world.member(name), key);
  if ((actual === expected) === equal) return undefined;
  const reason =
    key === "leadership_state" ? retiredRole(world, name, actual, expected) : undefined;
  if (reason !== undefined) return reason;
  throw new ScriptFailure(`node ${name}: ${key} is ${actual}`);
}

function detail(world: World, member: Member, key: string): string {
  switch (key) {
    case "leadership_state":
      return leadershipState(world, member);
    case "membership_state":
      return world.leavesOut(member.name) ? "Retired" : "Active";
    case "current_view":
      return String(member.state.term);
    default:
      throw new ScriptFailure(`nodes have no detail ${key}`);
  }
}

function leadershipState(world: World, member: Member): string {
  const { role, candidacy, leader } = member.state;
  if (role === "candidate" && candidacy?.pre === true) return "PreVoteCandidate";
  if (role === "observer" && world.isRemoved(member.name) && leader === undefined) return "None";
  return roleNames[role];
}

/** In Kith a removed leader hands over when its change is over, and a removed node need not hear of it any more. */
function retiredRole(world: World, name: string, actual: string, expected: string): NotApplicable {
  const out = ["None", "Follower"];
  if (!world.isRemoved(name) || !out.includes(actual)) return undefined;
  if (expected === "Leader" && world.postman.retiresLater(name)) {
    return "CCF keeps a removed leader for its retirement protocol";
  }
  if (out.includes(expected) && world.retired.has(name)) {
    return "whether a retired node still follows is CCF's retirement protocol";
  }
  return undefined;
}

export function assertCommitIndex(world: World, name: string, wanted: string): NotApplicable {
  const actual = world.ledger.commitIndex(world.member(name));
  if (String(actual) === wanted) return undefined;
  if (world.retired.has(name) && world.isRemoved(name)) {
    return "CCF tells a retired node nothing more";
  }
  throw new ScriptFailure(`node ${name}: commit index is ${actual}`);
}

export function assertLastTransaction(world: World, name: string, wanted: string): void {
  const member = world.member(name);
  const open = member.state.role === "leader" && world.ledger.batch(member).entries.length > 0;
  const term = open ? member.state.term : member.state.log.head.term;
  const actual = `${term}.${world.ledger.lastIndex(member)}`;
  if (actual !== wanted) throw new ScriptFailure(`node ${name}: last transaction is ${actual}`);
}

/** All members that are connected have the same term, the same log and the same commit index. */
export function stateDifference(world: World): string | undefined {
  const seen = world
    .names()
    .filter((name) => world.isReachable(name) && !world.isRemoved(name))
    .map((name) => ({ name, state: stateText(world, world.member(name)) }));
  const [first, ...others] = seen;
  const other = others.find(({ state }) => state !== first?.state);
  if (first === undefined || other === undefined) return undefined;
  return `node ${first.name} is at ${first.state}, node ${other.name} at ${other.state}`;
}

function stateText(world: World, member: Member): string {
  const { term, log } = member.state;
  const last = world.ledger.lastIndex(member);
  const commit = world.ledger.commitIndex(member);
  return `term ${term}, last ${last}, commit ${commit}, head ${log.head.id.slice(0, 16)}`;
}

/** What the node considers final is in the logs of a majority of its final configuration. */
export function assertCommitSafety(world: World, name: string): void {
  const member = world.member(name);
  const { commitNum } = member.state;
  if (commitNum <= 1) return;
  const id = member.idAt(commitNum);
  for (const set of world.finalVoters(member).sets) {
    const holders = set.nodes.filter(
      (node) => world.member(world.cluster.nameOf(node)).idAt(commitNum) === id,
    );
    if (holders.length < set.quorum) {
      const found = `${holders.length} of ${set.nodes.length}`;
      throw new ScriptFailure(`node ${name}: block ${commitNum} is final but only on ${found}`);
    }
  }
}
