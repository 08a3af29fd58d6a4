import type { ConsensusConfig } from "@kith/consensus/core/config";
import { votersOf, type Voters } from "@kith/consensus/joint/voters";
import type { JointConsensus } from "@kith/protocol/block";
import { consensusAfter, consensusUnder, noConsensus } from "@kith/protocol/consensus-point";
import type { NodeId } from "@kith/protocol/ids";
import { blockNumOf, termOf } from "@kith/protocol/ids";

import { Ledger, type Entry } from "./ccf-ledger.ts";
import { Postman } from "./ccf-postman.ts";
import { Cluster } from "./cluster.ts";
import type { Member } from "./member.ts";
import { nodeIdOfName } from "./names.ts";

/** Message timeout 10 ms, election timeout 100 ms, and none of what the scripts' nodes do not have. */
const scriptConfig: Partial<ConsensusConfig> = {
  heartbeatMs: 10,
  electionTimeoutMsMin: 100,
  electionTimeoutMsMax: 100,
  windowBlocks: 1000,
  preVote: false,
  leaderStickiness: false,
  emptyBlocks: false,
};

export class ScriptFailure extends Error {}

/** The nodes of one script. */
export class World {
  readonly postman: Postman = new Postman();
  readonly ledger: Ledger = new Ledger();
  readonly config: { -readonly [K in keyof ConsensusConfig]?: ConsensusConfig[K] } = {
    ...scriptConfig,
  };
  /** Named in `cleanup_nodes`. */
  readonly retired: Set<string> = new Set();
  /** Retirement entries, by term, of a leader that Kith let go before the script retires it. */
  readonly retirements: Map<string, { readonly name: string; entries: number }> = new Map();
  readonly #ledTerms: Map<string, string> = new Map();
  #cluster: Cluster | undefined;
  #deferred:
    | { readonly leader: Member; readonly term: number; readonly nodes: readonly string[] }
    | undefined;

  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new ScriptFailure("there is no network yet");
    return this.#cluster;
  }

  /** In the order of their names, as the scripts' driver visits them. */
  names(): readonly string[] {
    return this.#cluster === undefined ? [] : [...this.cluster.members.keys()].toSorted();
  }

  member(name: string): Member {
    const member = this.cluster.members.get(name);
    if (member === undefined) throw new ScriptFailure(`there is no node ${name}`);
    return member;
  }

  /** The first nodes, which start with the configuration that names them. */
  begin(producers: readonly string[]): void {
    if (this.#cluster !== undefined) throw new ScriptFailure("the network exists already");
    const cluster: Cluster = new Cluster({
      producers,
      config: this.config,
      onSend: (from, send, cause) => this.postman.accept(cluster, from, send, cause),
    });
    this.#cluster = cluster;
    for (const name of producers) cluster.isolate(name);
  }

  /** A script's first node leads in term 2. */
  beginAlone(name: string): void {
    this.begin([name]);
    const member = this.member(name);
    member.ballot = { term: termOf(1) };
    member.state = member.restored();
    this.cluster.pass(name, 100);
    this.ledger.batch(member).entries.push({ kind: "configuration", nodes: [name] });
  }

  /** A node that has the first block alone, connected to nobody. */
  create(name: string): void {
    if (this.cluster.members.has(name)) throw new ScriptFailure(`node ${name} exists already`);
    this.cluster.add(name);
    this.cluster.isolate(name);
    this.#introduce(name);
  }

  /** CCF's nodes join with the word of the service about who its nodes are; here the first node gives its word. */
  #introduce(name: string): void {
    const [first] = this.cluster.members.values();
    const leader = this.cluster.leader();
    if (first === undefined || leader === undefined) return;
    const { log, term, voters } = leader.state;
    const roster = { headNum: blockNumOf(log.head.num), producers: voters.nodes };
    const kind = "vote-response";
    const message = { kind, term: termOf(term), pre: true, granted: false, roster } as const;
    this.cluster.input(name, { kind: "message", from: first.config.self, message });
  }

  /** The leader of a term, or of the `latest` one that has a leader. */
  leaderOf(term: string): Member | undefined {
    if (term === "latest") return this.cluster.leader();
    const leads = (member: Member): boolean =>
      member.state.role === "leader" && String(member.state.term) === term;
    const leader = [...this.cluster.members.values()].find(leads);
    if (leader !== undefined) this.#ledTerms.set(term, leader.name);
    return leader;
  }

  /** Whoever led this term until its own change removed it. */
  removedLeaderOf(term: string): string | undefined {
    const name = this.#ledTerms.get(term);
    if (name === undefined || this.leaderOf(term) !== undefined) return undefined;
    return this.isRemoved(name) ? name : undefined;
  }

  pass(name: string, ms: number): void {
    this.cluster.pass(this.member(name).name, ms);
  }

  /** For the nodes that come. */
  setPreVote(enabled: boolean): void {
    this.config.preVote = enabled;
  }

  append(leader: Member, entry: Entry): void {
    this.ledger.batch(leader).entries.push(entry);
  }

  /** The configuration that the leader would extend: the last that was appended, closed or not. */
  configurationOf(leader: Member): readonly string[] {
    const open = this.ledger.batch(leader).entries.findLast(({ kind }) => kind === "configuration");
    if (open?.kind === "configuration") return open.nodes;
    if (this.#deferred?.leader === leader) return this.#deferred.nodes;
    const { joint } = leader.state.consensus.point;
    return (joint.next ?? joint.current).producers.map(({ node }) => this.cluster.nameOf(node));
  }

  /** Closes the batch: one block. */
  propose(leader: Member): void {
    const { entries } = this.ledger.batch(leader);
    const texts = entries.map((entry) => (entry.kind === "text" ? entry.text : "configuration"));
    const wanted = this.configurationOf(leader);
    const changes = !sameNodes(wanted, this.#currentNames(leader));
    const { num } = leader.state.log.head;
    const text = `${leader.state.term}:${texts.join("|")}`;
    if (this.#tryPropose(leader, text, changes ? wanted : undefined) === "change-pending") {
      // CCF stacks configurations; Kith makes one change at a time, so this one follows when the last is final.
      this.#deferred = { leader, term: leader.state.term, nodes: wanted };
      this.#tryPropose(leader, text, undefined);
    }
    if (leader.idAt(num + 1) === undefined) throw new ScriptFailure("no block was made");
  }

  /** The configuration that had to wait gets a block of its own, which holds no entry of the script. */
  proposeDeferred(): void {
    const deferred = this.#deferred;
    if (deferred === undefined) return;
    const { leader, term, nodes } = deferred;
    const leads = leader.state.role === "leader" && leader.state.term === term;
    if (leads && this.#tryPropose(leader, "deferred", nodes) !== undefined) return;
    this.#deferred = undefined;
    if (leads) this.ledger.closeEmpty(leader);
  }

  #tryPropose(
    leader: Member,
    text: string,
    change: readonly string[] | undefined,
  ): string | undefined {
    leader.takeEffects();
    this.cluster.propose(leader.name, text, change);
    const refused = leader.effects.find((effect) => effect.kind === "propose-refused");
    if (refused !== undefined && refused.reason !== "change-pending") {
      throw new ScriptFailure(`the leader does not propose: ${refused.reason}`);
    }
    return refused?.reason;
  }

  #currentNames(leader: Member): readonly string[] {
    const { joint } = leader.state.consensus.point;
    return (joint.next ?? joint.current).producers.map(({ node }) => this.cluster.nameOf(node));
  }

  /** Whoever decides about what this node knows to be final. */
  finalVoters(member: Member): Voters {
    return votersOf(this.finalRules(member));
  }

  finalRules(member: Member): JointConsensus {
    const { commitNum } = member.state;
    let point = noConsensus;
    for (const { header } of member.blocks) {
      if (header.blockNum <= commitNum) point = consensusAfter(point, header);
    }
    return consensusUnder(point, commitNum).joint;
  }

  /** A final configuration, as any node knows it, leaves this node out although an earlier one had it. */
  isRemoved(name: string): boolean {
    const best = this.names()
      .map((other) => this.member(other))
      .toSorted((a, b) => b.state.commitNum - a.state.commitNum)[0];
    if (best === undefined || this.isFinalMember(best, name)) return false;
    return this.wasMember(best, name, best.state.commitNum);
  }

  isFinalMember(view: Member, name: string): boolean {
    return this.finalVoters(view).nodes.includes(nodeIdOfName(name));
  }

  /** A block up to `num` made it a producer. */
  wasMember(view: Member, name: string, num: number): boolean {
    const id: NodeId = nodeIdOfName(name);
    return view.blocks.some(
      ({ header }) =>
        header.blockNum <= num &&
        (header.newConsensus?.producers ?? []).some(({ node }) => node === id),
    );
  }

  /** The node's own newest configuration leaves it out, final or not, closed or not. */
  leavesOut(name: string): boolean {
    const member = this.member(name);
    if (this.isRemoved(name)) return true;
    const id = nodeIdOfName(name);
    if (!this.wasMember(member, name, member.state.log.head.num)) return false;
    if (member.state.role === "leader") return !this.configurationOf(member).includes(name);
    const { joint } = member.state.consensus.point;
    return !(joint.next ?? joint.current).producers.some(({ node }) => node === id);
  }

  /** Connected to somebody, or alone in the world. */
  isReachable(name: string): boolean {
    const others = this.names().filter((other) => other !== name);
    if (others.length === 0) return true;
    return others.some((other) => this.cluster.isConnected(name, other));
  }
}

function sameNodes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
