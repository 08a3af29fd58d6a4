import type { BlockResult } from "@kith/chain/apply-block";
import type { Chain } from "@kith/chain/chain";
import type { LoginPort } from "@kith/http/login-port";
import type {
  BlockAt,
  EvidenceFound,
  FinalReceipt,
  NodePort,
  NodeStatus,
  PeerStatus,
  Readiness,
  SubmitOutcome,
  Touched,
  WaitFor,
} from "@kith/http/node-port";
import type { LinkAddresses } from "@kith/http/node-urls";
import type { SealedBlock } from "@kith/protocol/block";
import { evidenceCodec } from "@kith/protocol/evidence";
import { blockNumOf, type AccountName, type NodeId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import type { Queries } from "@kith/queries/queries";
import { nativeVerifier } from "@kith/replica/native-verifier";
import type { CertificatesPort, LogPort } from "@kith/replica/ports";
import type { Replica } from "@kith/replica/replica";
import { systemClock } from "@kith/replica/system-clock";
import type { OpenedEvents } from "@kith/store/events";
import type { Links } from "@kith/transport/links";

import { catchUp } from "./catch-up.ts";
import { changeSourceOf, tellBlock, type BlockListeners } from "./change-source.ts";
import type { EvidenceFile } from "./evidence-file.ts";
import { countBlock, noExecutions } from "./execution-counts.ts";
import { explainCopiesMissing } from "./explain.ts";
import { FinalHeaders } from "./final-headers.ts";
import { openHistory } from "./history.ts";
import { openLight } from "./light.ts";
import { openLogins } from "./logins.ts";
import type { NodeArguments } from "./node-arguments.ts";
import { consensusInForce, rosterOf } from "./roster.ts";
import { WaitingForNum } from "./waiting-for-num.ts";

type NodeParts = {
  readonly genesis: SealedBlock;
  readonly nodeId: NodeId;
  readonly chain: Chain;
  readonly log: LogPort & Pick<CertificatesPort, "certificate" | "certifiedChanges">;
  readonly events: OpenedEvents;
  readonly queries: Queries;
  readonly evidence: Pick<EvidenceFile, "all">;
  readonly options: Pick<NodeArguments, "publicUrl">;
};

type Running = NodeParts & { readonly replica: Replica; readonly links: Links };

/** Its rows say which code runs where. */
const codeAccount = accountNameConstant("setcode");

/** A node that hears from a leader and lags no further behind than this is ready. */
const lagBlocksMax = 64;

/** What HTTP sees of a node; the events of the replica come in through `onExecuted` and `onElection`. */
export type NodeFront = {
  readonly port: NodePort;
  linked(links: Links): void;
  onExecuted(block: SealedBlock, result: BlockResult): void;
  onElection(): void;
  /** Why it does not take part yet. */
  readonly waitsFor: (reason: string) => void;
};

/** `replica` is undefined until the node's log is whole: until then it answers reads and takes nothing. */
export function openNodeFront(parts: NodeParts, replica: () => Replica | undefined): NodeFront {
  const listeners = new Set<(touched: Touched) => void>();
  const blockListeners: BlockListeners = new Set();
  const counts = noExecutions();
  const { chain, genesis } = parts;
  const headers = new FinalHeaders(parts.log);
  const executed = waitingFor(() => chain.applied()?.num ?? 0);
  const named = waitingFor(() => headers.newest()?.executedNum ?? 0);
  const touchedBy = tellTouched(chain);
  let links: Links | undefined;
  let startWaitsFor = "the log is being checked";
  function running(): Running | undefined {
    const started = replica();
    if (started === undefined || links === undefined) return undefined;
    return { ...parts, replica: started, links };
  }

  const port: NodePort = {
    evidence: () => evidenceFound(parts),
    ...proofsOf(parts, { headers, named }, () => running()?.replica),
    chainId: () => genesis.id,
    genesis: () => genesis.bytes,
    roster: () => rosterOf(chain),
    consensus: () => consensusInForce(chain.consensusPoint(), running()?.replica.status().epoch),
    linkAddresses: () => linkAddresses(parts, links),
    taposReference: () => chain.taposReference(),
    applied: () => chain.applied(),
    submit: (bytes, waitFor) => submit(running(), bytes, waitFor),
    catchUp: (msMax) => catchUp(executed, running()?.replica, msMax),
    ...knownReceipts(parts),
    hasAccount: (name) => chain.hasAccount(name),
    definition: (name) => chain.definition(name),
    quota: (name) => chain.quotaOf(name, Date.now() * 1000),
    hasServer: (name) => chain.hasServer(name),
    query: (service, request, user) => parts.queries.query(service, request, user),
    logins: loginsOf(parts),
    changes: changeSourceOf(parts, blockListeners),
    status: () => statusOf(parts, running()),
    readiness: () => readinessOf(chain, running(), startWaitsFor),
    metrics: () => {
      const transactionsWaiting = running()?.replica.status().waiting ?? 0;
      return { transactionsWaiting, ...counts, queries: parts.queries.metrics() };
    },
    onTouched(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    port,
    linked(opened) {
      links = opened;
    },
    onExecuted(block, result) {
      headers.note(block);
      const { num, time } = result.applied;
      parts.events.append({ num, time, events: result.events, tree: result.eventTree });
      countBlock(counts, result);
      parts.queries.onExecuted(result);
      for (const waiting of [executed, named]) waiting.note();
      const touched = touchedBy(result);
      for (const listener of listeners) listener(touched);
      tellBlock(blockListeners, result, touched.services);
    },
    waitsFor: (reason) => void (startWaitsFor = reason),
    onElection() {
      counts.elections++;
    },
  };
}

function proofsOf(
  { chain, events, genesis, log }: NodeParts,
  { headers, named }: { readonly headers: FinalHeaders; readonly named: WaitingForNum },
  replica: () => Replica | undefined,
): Pick<NodePort, "history" | "light"> {
  const light = openLight({
    genesis: genesis.header,
    certificates: log,
    headers,
    named,
    appliedNum: () => chain.applied()?.num ?? 0,
    replica,
    after: (delayMs, run) => systemClock.after(delayMs, run),
  });
  return { history: openHistory({ chain, events, headers }), light };
}

function nowMicros(): number {
  return Date.now() * 1000;
}

function loginsOf({ genesis, queries }: NodeParts): LoginPort {
  return openLogins({ chain: genesis.id, verifier: nativeVerifier(), queries, nowMicros });
}

function waitingFor(reached: () => number): WaitingForNum {
  return new WaitingForNum({ reached, after: (delayMs, run) => systemClock.after(delayMs, run) });
}

/** What those who keep answers have to forget; behind a snapshot nobody can tell what has changed. */
function tellTouched(chain: Chain): (result: BlockResult) => Touched {
  let newestNum = chain.applied()?.num ?? 0;
  return ({ applied: { num }, touched: { services, sites } }) => {
    const isNext = num === newestNum + 1;
    newestNum = num;
    if (!isNext) return { num, sites: "all", services: true };
    return { num, sites, services: services.has(codeAccount) };
  };
}

function submit(
  parts: Running | undefined,
  bytes: Uint8Array,
  waitFor: WaitFor,
): Promise<SubmitOutcome> {
  return new Promise((resolve) => {
    if (parts === undefined) return resolve({ kind: "unavailable", reason: "stopping" });
    if (waitFor === "applied") return parts.replica.tryOut(bytes, resolve);
    parts.replica.submit(bytes, (outcome) => {
      if (outcome.kind !== "final") return resolve(outcome);
      resolve({ kind: "final", ...finalReceipt(parts, outcome.receipt) });
    });
  });
}

function knownReceipts(parts: NodeParts): Pick<NodePort, "receipt" | "isExecuted"> {
  const { chain } = parts;
  return {
    receipt(id) {
      const receipt = chain.receipt(id);
      return receipt === undefined ? undefined : finalReceipt(parts, receipt);
    },
    isExecuted: (id) => chain.isExecuted(id),
  };
}

function finalReceipt({ log }: NodeParts, receipt: Receipt): FinalReceipt {
  const blockId = log.blockRef(receipt.blockNum)?.id;
  return blockId === undefined ? { receipt } : { receipt, blockId };
}

type Named = { readonly node: NodeId; readonly account?: AccountName };

/** With the name of the account in whose name the node produces now. */
function namesNow(chain: Chain): (node: NodeId) => Named {
  const producers = chain.consensus()?.producers ?? [];
  const accounts = new Map(producers.map((each) => [each.node, each.account]));
  return (node) => {
    const account = accounts.get(node);
    return account === undefined ? { node } : { node, account };
  };
}

function evidenceFound({ chain, evidence }: NodeParts): readonly EvidenceFound[] {
  const named = namesNow(chain);
  return evidence.all().map(({ evidence: each, foundMicros }) => {
    const { node, term, epoch } = each.first;
    return {
      ...named(node),
      term,
      epoch,
      blocks: [each.first.prepared, each.second.prepared],
      foundMicros,
      proof: evidenceCodec.pack(each),
    };
  });
}

/** The newest proof that this node keeps. */
function certifiedBlock({ log }: NodeParts): BlockAt | undefined {
  const last = log.range()?.last;
  const newest = last === undefined ? undefined : log.certificate(blockNumOf(1), last);
  if (newest === undefined) return undefined;
  const { num, id } = newest.certificate;
  return { num, id };
}

function statusOf(parts: NodeParts, running: Running | undefined): NodeStatus {
  const consensus = parts.chain.consensus();
  const named = namesNow(parts.chain);
  const executed = parts.chain.applied();
  const known = {
    ...named(parts.nodeId),
    algorithm: consensus?.algorithm ?? "cft",
    ...(executed === undefined ? {} : { executed }),
  };
  if (running === undefined) {
    return { ...known, role: "observer", term: parts.log.ballot().term, peers: [] };
  }
  const { role, term, leader, head, finalNum, epoch, isViewChanging, memory } =
    running.replica.status();
  const certified = certifiedBlock(parts);
  const finalId = parts.log.blockRef(finalNum)?.id;
  return {
    ...known,
    role,
    term,
    epoch,
    ...(known.algorithm === "bft" ? { view: isViewChanging ? "changing" : "begun" } : {}),
    ...(memory === "all" ? {} : { memory }),
    ...(certified === undefined ? {} : { certified }),
    ...(leader === undefined ? {} : { leader: named(leader) }),
    head,
    ...(finalId === undefined ? {} : { final: { num: finalNum, id: finalId } }),
    peers: peersOf(running, named),
  };
}

/** Everybody who is linked, and the producers who are not. */
function peersOf(parts: Running, named: (node: NodeId) => Named): PeerStatus[] {
  const linked = new Map(parts.links.status().map((link) => [link.node, link]));
  const producers = parts.chain.consensus()?.producers ?? [];
  const nodes = new Set([...producers.map(({ node }) => node), ...linked.keys()]);
  nodes.delete(parts.nodeId);
  return [...nodes].map((node) => {
    const name = named(node);
    const link = linked.get(node);
    return {
      ...name,
      producer: name.account !== undefined,
      connected: link !== undefined,
      ...(link === undefined ? {} : { url: link.address }),
    };
  });
}

/** Others in the order in which a client should try them: who is linked lives, and producers stay. */
function linkAddresses({ chain, options }: NodeParts, links: Links | undefined): LinkAddresses {
  const producers = new Set(chain.consensus()?.producers.map(({ node }) => node));
  const linked = new Set(links?.connected());
  const rank = (node: NodeId): number => (linked.has(node) ? 2 : 0) + (producers.has(node) ? 1 : 0);
  const known = (links?.known() ?? []).toSorted((a, b) => rank(b.node) - rank(a.node));
  const { publicUrl } = options;
  return {
    ...(publicUrl === undefined ? {} : { own: publicUrl }),
    others: known.map(({ url }) => url),
  };
}

function readinessOf(chain: Chain, running: Running | undefined, startWaitsFor: string): Readiness {
  if (running === undefined) return { ready: false, reasons: [startWaitsFor] };
  const { leader, finalNum, repairing, lost } = running.replica.status();
  const executed = chain.applied()?.num ?? 0;
  const reasons: string[] = [];
  if (leader === undefined) reasons.push("no producer leads that this node can hear");
  if (finalNum - executed > lagBlocksMax) {
    reasons.push(`${finalNum - executed} final blocks are not executed yet`);
  }
  if (lost !== undefined) reasons.push(explainCopiesMissing({ code: "block-lost", num: lost }));
  // What is executed is missed by nobody who asks for the state.
  const missed = repairing.filter((num) => num > executed).length;
  if (missed > 0) reasons.push(`${missed} damaged blocks are being replaced`);
  return { ready: reasons.length === 0, reasons };
}
