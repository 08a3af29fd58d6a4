import {
  assertCommitIndex,
  assertCommitSafety,
  assertDetail,
  assertLastTransaction,
  stateDifference,
  type NotApplicable,
} from "./ccf-asserts.ts";
import { parseScript, type ScriptLine } from "./ccf-script.ts";
import { ScriptFailure, World } from "./ccf-world.ts";
import type { Member } from "./member.ts";

export type ScriptResult = {
  /** Commands that were run and held. */
  readonly passed: number;
  readonly notApplicable: readonly { readonly line: ScriptLine; readonly reason: string }[];
  readonly failure?: { readonly line: ScriptLine; readonly reason: string };
};

type Command = (world: World, words: readonly string[]) => NotApplicable | void;

/** Runs one script; a failed line ends it. */
export function runScript(source: string): ScriptResult {
  const lines = parseScript(source);
  const world = new World();
  world.setPreVote(expectsPreVote(lines));
  const notApplicable: { line: ScriptLine; reason: string }[] = [];
  let passed = 0;
  for (const [index, line] of lines.entries()) {
    const rest = lines.slice(index);
    world.postman.retiresLater = (name) =>
      rest.some(
        (later) => later.command === "cleanup_nodes" && later.words.slice(1).includes(name),
      );
    try {
      const reason = runLine(world, line);
      if (typeof reason === "string") notApplicable.push({ line, reason });
      else passed += 1;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { passed, notApplicable, failure: { line, reason } };
    }
  }
  return { passed, notApplicable };
}

/** Newer scripts have pre-vote on without saying so; those wait for its state. */
function expectsPreVote(lines: readonly ScriptLine[]): boolean {
  if (lines.some(({ command }) => command === "pre_vote_enabled")) return false;
  return lines.some(({ words }) => words.includes("PreVoteCandidate"));
}

function runLine(world: World, line: ScriptLine): NotApplicable | void {
  const command = commands[line.command];
  if (command === undefined) throw new ScriptFailure(`there is no command ${line.command}`);
  const reason = command(world, line.words);
  world.proposeDeferred();
  for (const name of world.names()) assertCommitSafety(world, name);
  return reason;
}

/** The word at a place, which has to be there. */
function word(words: readonly string[], place: number): string {
  const found = words[place];
  if (found === undefined || found === "") throw new ScriptFailure(`word ${place + 1} is missing`);
  return found;
}

function milliseconds(words: readonly string[], place: number): number {
  const ms = Number(word(words, place));
  if (!Number.isInteger(ms) || ms < 0) throw new ScriptFailure(`${words[place]} is not a time`);
  return ms;
}

/** The `latest` leader may be missing, and then the line does nothing; the leader of a given term may not. */
function withLeader(world: World, term: string, run: (leader: Member) => void): void {
  const leader = world.leaderOf(term);
  if (leader !== undefined) run(leader);
  else if (term !== "latest") throw new ScriptFailure(`nobody leads term ${term}`);
}

function configure(
  world: World,
  term: string,
  change: (nodes: readonly string[]) => string[],
): void {
  withLeader(world, term, (leader) => {
    const nodes = change(world.configurationOf(leader)).toSorted();
    world.append(leader, { kind: "configuration", nodes });
  });
}

function join(world: World, name: string): void {
  world.create(name);
  for (const other of world.names()) if (other !== name) world.cluster.heal(name, other);
}

function swap(
  world: World,
  term: string,
  out: readonly string[],
  joining: readonly string[],
): void {
  for (const name of joining) join(world, name);
  configure(world, term, (nodes) => [...nodes.filter((name) => !out.includes(name)), ...joining]);
}

/** `out` and `in` open their lists, in any order; each may be missing. */
function swapLists(words: readonly string[]): {
  readonly out: string[];
  readonly joining: string[];
} {
  const lists: { out: string[]; joining: string[] } = { out: [], joining: [] };
  let list: string[] | undefined;
  for (const item of words) {
    if (item === "out") list = lists.out;
    else if (item === "in") list = lists.joining;
    else if (list === undefined) throw new ScriptFailure(`${item} stands before in or out`);
    else list.push(item);
  }
  return lists;
}

function emitSignature(world: World, term: string): NotApplicable {
  const retirement = world.retirements.get(term);
  if (retirement !== undefined) {
    world.retirements.delete(term);
    world.ledger.skip(world.member(retirement.name), retirement.entries + 1);
    world.postman.handOver(world.cluster, retirement.name);
    return "closes a batch of CCF's own retirement protocol";
  }
  withLeader(world, term, (leader) => {
    const batch = world.ledger.batch(leader);
    world.propose(leader);
    world.ledger.close(leader, batch.entries.length);
  });
  return undefined;
}

/** Where the leader still leads, the entry takes its place in the log; otherwise Kith has nothing left to order. */
function cleanUp(world: World, term: string, names: readonly string[]): NotApplicable {
  for (const name of names) world.retired.add(world.member(name).name);
  const removed = world.removedLeaderOf(term);
  if (removed === undefined) {
    withLeader(world, term, (leader) => world.append(leader, { kind: "text", text: "cleanup" }));
  } else {
    const entries = (world.retirements.get(term)?.entries ?? 0) + 1;
    world.retirements.set(term, { name: removed, entries });
  }
  return "CCF's own retirement protocol";
}

function loopUntilSync(world: World): void {
  const leader = world.leaderOf("latest");
  if (leader === undefined) throw new ScriptFailure("there is no leader to sync with");
  emitSignature(world, String(leader.state.term));
  for (const name of world.names()) {
    if (world.isRemoved(name)) continue;
    for (const other of world.names()) if (other !== name) world.cluster.heal(name, other);
  }
  let difference: string | undefined;
  for (let round = 0; round < 20; round += 1) {
    world.cluster.pass(leader.name, 10);
    world.cluster.deliverAll();
    difference = stateDifference(world);
    if (difference === undefined) return;
  }
  throw new ScriptFailure(`not in sync: ${difference}`);
}

function shuffle(world: World, name: string): void {
  const queue = world.cluster.queue(world.member(name).name);
  // Newest first is as far from the order of sending as it gets, and every run repeats it.
  queue.reverse();
}

function roleOf(state: string): readonly string[] {
  return ["leadership_state", state];
}

/** The leader hands over to the other producer that has the most. */
function nominate(world: World, name: string): void {
  const { leadership, voters } = world.member(name).state;
  const peers = [...(leadership?.peers.values() ?? [])]
    .filter(({ node }) => voters.nodes.includes(node))
    .toSorted((a, b) => b.matchNum - a.matchNum);
  const [best] = peers;
  if (best !== undefined) world.cluster.input(name, { kind: "transfer", to: best.node });
}

const prints: Command = () => undefined;

const commands: Readonly<Record<string, Command>> = {
  start_node: (world, words) => world.beginAlone(word(words, 0)),
  nodes: (world, words) => world.begin(words),
  create_new_node: (world, words) => world.create(word(words, 0)),
  connect: (world, words) => world.cluster.heal(word(words, 0), word(words, 1)),
  trust_node: (world, words) => swap(world, word(words, 0), [], words.slice(1)),
  trust_nodes: (world, words) => swap(world, word(words, 0), [], words.slice(1)),
  swap_node: (world, words) => swap(world, word(words, 0), [word(words, 1)], [word(words, 2)]),
  swap_nodes: (world, words) => {
    const { out, joining } = swapLists(words.slice(1));
    swap(world, word(words, 0), out, joining);
  },
  replicate_new_configuration: (world, words) => {
    const nodes = words.slice(1);
    for (const name of nodes) if (!world.cluster.members.has(name)) world.create(name);
    configure(world, word(words, 0), () => nodes);
  },
  cleanup_nodes: (world, words) => cleanUp(world, word(words, 0), words.slice(1)),
  replicate: (world, words) => {
    withLeader(world, word(words, 0), (leader) =>
      world.append(leader, { kind: "text", text: words.slice(1).join(",") }),
    );
  },
  emit_signature: (world, words) => emitSignature(world, word(words, 0)),
  periodic_one: (world, words) => world.pass(word(words, 0), milliseconds(words, 1)),
  periodic_all: (world, words) => {
    for (const name of world.names()) world.pass(name, milliseconds(words, 0));
  },
  dispatch_one: (world, words) => world.cluster.deliverFrom(world.member(word(words, 0)).name),
  dispatch_all: (world) => world.cluster.deliverAll(),
  dispatch_all_once: (world) => world.cluster.deliverAllOnce(),
  dispatch_single: (world, words) => world.cluster.deliverOne(word(words, 0), word(words, 1)),
  disconnect: (world, words) => world.cluster.cut(word(words, 0), word(words, 1)),
  disconnect_node: (world, words) => world.cluster.isolate(world.member(word(words, 0)).name),
  reconnect: (world, words) => world.cluster.heal(word(words, 0), word(words, 1)),
  reconnect_node: (world, words) => {
    const name = word(words, 0);
    for (const other of world.names()) if (other !== name) world.cluster.heal(name, other);
  },
  drop_pending: (world, words) => world.cluster.drop(word(words, 0)),
  drop_pending_to: (world, words) => world.cluster.drop(word(words, 0), word(words, 1)),
  shuffle_one: (world, words) => shuffle(world, word(words, 0)),
  shuffle_all: (world) => {
    for (const name of world.names()) shuffle(world, name);
  },
  pre_vote_enabled: (world, words) => world.setPreVote(word(words, 0) === "true"),
  assert_state_sync: (world) => {
    const difference = stateDifference(world);
    if (difference !== undefined) throw new ScriptFailure(difference);
  },
  assert_commit_safety: (world, words) => assertCommitSafety(world, word(words, 0)),
  assert_commit_idx: (world, words) => assertCommitIndex(world, word(words, 0), word(words, 1)),
  assert_last_txid: (world, words) => assertLastTransaction(world, word(words, 0), word(words, 1)),
  assert_detail: (world, words) => assertDetail(world, word(words, 0), words.slice(1), true),
  "assert_!detail": (world, words) => assertDetail(world, word(words, 0), words.slice(1), false),
  assert_is_primary: (world, words) => assertDetail(world, word(words, 0), roleOf("Leader"), true),
  assert_is_backup: (world, words) => assertDetail(world, word(words, 0), roleOf("Follower"), true),
  assert_is_candidate: (world, words) =>
    assertDetail(world, word(words, 0), roleOf("Candidate"), true),
  assert_config: () => "CCF's list of configurations by entry",
  assert_absent_config: () => "CCF's list of configurations by entry",
  assert_missing_config: () => "CCF's list of configurations by entry",
  nominate_successor: (world, words) => nominate(world, word(words, 0)),
  loop_until_sync: loopUntilSync,
  state_one: prints,
  state_all: prints,
  summarise_log: prints,
  summarise_logs_all: prints,
  summarise_messages: prints,
};
