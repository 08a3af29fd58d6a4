/** `bun run node`: wires one node from its parts. */
import { randomBytes, randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";

import type { BlockResult } from "@kith/chain/apply-block";
import { openChain, type Chain } from "@kith/chain/chain";
import { defaultConsensusConfig } from "@kith/consensus/core/config";
import { startConsensus } from "@kith/consensus/core/start";
import { createApp } from "@kith/http/app";
import { hasIdentity, openAdminSecret, openIdentity, type Identity } from "@kith/node/data-folder";
import { describeEvidence, EvidenceFile } from "@kith/node/evidence-file";
import {
  explainCopiesMissing,
  explainFault,
  explainListen,
  explainMissingEvents,
  explainNote,
  explainStart,
} from "@kith/node/explain";
import { findGenesis } from "@kith/node/genesis";
import { fetchRoster, joinMessage } from "@kith/node/join";
import { listen, type Listening } from "@kith/node/listen";
import { describeDoubt, MemoryMark } from "@kith/node/memory-mark";
import { linkUrlOf, parseNodeArguments, type NodeArguments } from "@kith/node/node-arguments";
import { openNodeFront, type NodeFront } from "@kith/node/node-port";
import { NodeSnapshots } from "@kith/node/node-snapshots";
import { openPeerBook } from "@kith/node/peer-book";
import { ReopenedQueries } from "@kith/node/reopened-queries";
import { restoreWithRepair } from "@kith/node/restore-with-repair";
import { nameProducers, producersNow } from "@kith/node/roster";
import { startScrubbing } from "@kith/node/scrub-log";
import { serviceLog } from "@kith/node/service-log";
import { snapshotDownloads } from "@kith/node/snapshot-downloads";
import type { SealedBlock } from "@kith/protocol/block";
import { ed25519Signer } from "@kith/protocol/ed25519";
import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { NodeMessage, Roster } from "@kith/protocol/node-message";
import { isSignedByNode } from "@kith/protocol/vote";
import { openQueries } from "@kith/queries/queries";
import { nativeVerifier } from "@kith/replica/native-verifier";
import { Replica } from "@kith/replica/replica";
import { systemClock } from "@kith/replica/system-clock";
import { openMachine } from "@kith/sandbox/machine";
import { openEvents, type OpenedEvents } from "@kith/store/events";
import { lockFolder } from "@kith/store/folder-lock";
import { openLog } from "@kith/store/log";
import type { LogStore } from "@kith/store/log-store";
import { PreparedFiles } from "@kith/store/prepared-files";
import { openState, type OpenedState } from "@kith/store/state";
import { describeLinkError } from "@kith/transport/errors";
import { openLinks, type Links, type PeerEvent } from "@kith/transport/links";

/** Between looking whether old blocks can leave the log. */
const blocksBetweenDrops = 256;
/** A leader that stops hands over first; longer than this nobody waits. */
const handOverMsMax = 500;

/** Between looking whether old events have to go. */
const eventsPruneMs = 60_000;

/** What is there before the node takes part. */
type Base = {
  readonly options: NodeArguments;
  readonly folder: string;
  readonly identity: Identity;
  readonly genesis: SealedBlock;
  readonly log: LogStore;
  readonly state: OpenedState;
  readonly events: OpenedEvents;
  readonly chain: Chain;
  readonly queries: ReopenedQueries;
  readonly evidence: EvidenceFile;
  readonly memory: MemoryMark;
  readonly unlock: () => void;
};

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Only what would do harm if the node went on stops it, and then it says why. */
function stopLoudly(reason: string): never {
  process.stderr.write(`kith stops: ${reason}\n`);
  process.exit(1);
}

async function openBase(options: NodeArguments): Promise<Base> {
  const folder = resolve(options.dataFolder);
  const lock = lockFolder(folder);
  if (!lock.ok) return stopLoudly(explainStart(lock.error));
  const hadKey = hasIdentity(folder);
  const identity = openIdentity(folder);
  if (!identity.ok) return stopLoudly(identity.error);
  const genesis = await findGenesis(folder, identity.value, options);
  if (!genesis.ok) return stopLoudly(genesis.error);
  const onBroken = (broken: Error): never => stopLoudly(broken.message);
  const opened = openLog({ folder, chain: genesis.value.id, onBroken });
  if (!opened.ok) return stopLoudly(explainStart(opened.error));
  const { log, notes } = opened.value;
  for (const note of notes) say(explainNote(note));
  const isLogEmpty = log.range() === undefined;
  const memory = new MemoryMark({ folder, hadKey, isLogEmpty, isTrusted: options.trustFolder });
  const { doubt } = memory;
  // The other one is usual: it is what a first start looks like.
  if (doubt !== undefined && doubt !== "log-new") say(describeDoubt(doubt));
  if (isLogEmpty) {
    await new Promise<void>((done) => log.persist({ blocks: [genesis.value] }, done));
  }
  const kept = options.eventsKeep;
  const events = openEvents({
    folder,
    chain: genesis.value.id,
    onBroken,
    ...(kept === undefined ? {} : { kept }),
  });
  if (!events.ok) return stopLoudly(explainStart(events.error));
  const state = openState({ folder, onBroken, ahead: events.value });
  if (!state.ok) return stopLoudly(explainStart(state.error));
  const missing = explainMissingEvents(state.value.applied()?.num ?? 0, events.value.newestNum());
  if (missing !== undefined) say(missing);
  const onLog = serviceLog({ print: say, nowMs: () => performance.now() });
  const store = new PreparedFiles({ folder, onTrouble: say });
  const machine = openMachine(undefined, { onLog, store });
  const chain = openChain({ state: state.value, machine });
  const openedState = state.value;
  const queries = new ReopenedQueries(() =>
    openQueries({
      processes: options.queryProcesses ?? Math.max(1, availableParallelism() - 1),
      queryMs: options.queryMs,
      folder,
      script: resolve(import.meta.dirname, "query-process.ts"),
      state: openedState,
      machine,
      onTrouble: say,
    }),
  );
  return {
    options,
    folder,
    identity: identity.value,
    genesis: genesis.value,
    log,
    state: openedState,
    events: events.value,
    chain,
    queries,
    evidence: new EvidenceFile({ folder, chain: genesis.value.id, say }),
    memory,
    unlock: () => lock.value.release(),
  };
}

type LinkHandlers = {
  onMessage: (from: NodeId, message: NodeMessage) => void;
  onPeersChanged: () => void;
};

function openNodeLinks(base: Base, handlers: LinkHandlers): Links {
  const { options, folder, identity, genesis } = base;
  const book = openPeerBook(folder);
  const joined = options.join === undefined ? [] : [linkUrlOf(options.join)];
  return openLinks({
    identity,
    chainId: genesis.id,
    ...(options.publicUrl === undefined ? {} : { listenUrl: options.publicUrl }),
    addresses: [...options.peers, ...joined],
    remembered: book.remembered,
    remember: (addresses) => book.remember(addresses),
    onMessage: (from, message) => handlers.onMessage(from, message),
    onPeer: (event) => {
      sayPeer(event);
      handlers.onPeersChanged();
    },
    clock: systemClock,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
}

function sayPeer(event: PeerEvent): void {
  if (event.kind === "failed" && event.error.code === "key-in-use") {
    say(`refused a link: ${describeLinkError(event.error)}`);
  }
  if (event.kind === "connected") say(`linked to ${event.node.slice(0, 8)}`);
  if (event.kind === "disconnected") {
    say(`lost ${event.node.slice(0, 8)}: ${describeLinkError(event.error)}`);
  }
}

/** Links to whoever counts now and, while a change is under way, to whoever will. */
function seekProducers(links: Links, chain: Chain): void {
  links.setProducers(producersNow(chain));
}

/** Who produces now, on the word of the node that this one joins through. */
async function askForRoster({ join }: NodeArguments): Promise<{ readonly roster?: Roster }> {
  if (join === undefined) return {};
  const roster = await fetchRoster(join);
  if (roster.ok) return { roster: roster.value };
  say(`who produces now is not known: ${joinMessage(roster.error)}`);
  return {};
}

/** Snapshots that this node hands out, and the one that it gets. */
function openSnapshots(base: Base, links: Links): NodeSnapshots {
  const { folder, genesis, state, chain, queries } = base;
  return new NodeSnapshots({
    folder,
    genesis,
    script: resolve(import.meta.dirname, "snapshot-process.ts"),
    state,
    beforeAdopt: () => queries.close(),
    onAdopted: () => {
      chain.onStateReplaced();
      queries.reopen();
      seekProducers(links, chain);
    },
    say,
  });
}

async function openReplica(
  base: Base,
  links: Links,
  handlers: LinkHandlers & { readonly front: NodeFront; readonly snapshots: NodeSnapshots },
): Promise<Replica> {
  const { options, identity, log, state, chain } = base;
  const clock = systemClock;
  const onForgetting = (): void => base.memory.note(false);
  const { waitsFor } = handlers.front;
  const told = { say, waitsFor, stopLoudly, onForgetting };
  const ports = { log, certificates: log, chain, links, clock, handlers };
  const restored = await restoreWithRepair({ ...ports, ...told });
  const self = {
    self: identity.nodeId,
    crypto: {
      chain: base.genesis.id,
      sign: ed25519Signer(identity.secretKey),
      isSigned: isSignedByNode,
    },
    randomSeed: randomInt(2 ** 32),
  };
  // Either of the two is enough: what the log has lost, or what the folder has been through.
  const isDoubtful = restored.isDoubtful === true || base.memory.doubt !== undefined;
  const known = { ...restored, ...(await askForRoster(options)), isDoubtful };
  const core = startConsensus({ ...defaultConsensusConfig, ...self }, known, systemClock.now());
  const onExecuted = (block: SealedBlock, result: BlockResult): void => {
    handlers.front.onExecuted(block, result);
    if (result.newConsensus !== undefined) seekProducers(links, chain);
    const { num } = result.applied;
    if (options.keepBlocks === undefined || num % blocksBetweenDrops !== 0) return;
    void trimLog(num - options.keepBlocks);
  };
  /** The log drops only what a power cut cannot take from the state any more. */
  const trimLog = async (first: number): Promise<void> => {
    await state.flush();
    replica.dropBefore(Math.min(first, state.durableNum()));
  };
  const replica = new Replica(core, {
    log,
    certificates: log,
    links,
    clock: systemClock,
    verifier: nativeVerifier(),
    chain,
    genesis: base.genesis.header,
    snapshots: handlers.snapshots,
    onExecuted,
    onRole: ({ role, term, leader }) => {
      handlers.front.onElection();
      say(`term ${term}: ${role}${leader === undefined ? "" : `, leader ${leader.slice(0, 8)}`}`);
    },
    onEvidence: (found) => {
      const isNew = base.evidence.add(found, Date.now() * 1000);
      if (isNew) say(`EVIDENCE: ${describeEvidence(found, nameProducers(chain))}`);
    },
    onMemory: (isWhole) => {
      const before = base.memory.doubt;
      base.memory.note(isWhole);
      const { doubt } = base.memory;
      if (doubt !== undefined) say(describeDoubt(doubt));
      else if (before !== "log-new")
        say("takes part again: what it may have forgotten is harmless");
    },
    onLost: (num) => say(explainCopiesMissing({ code: "block-lost", num })),
    onBroken: stopLoudly,
  });
  return replica;
}

type Served = { readonly front: NodeFront; readonly replica: () => Replica | undefined };

function serve(base: Base, links: Links, { front, replica }: Served): Listening {
  const { options, folder } = base;
  const app = createApp(front.port, {
    rootHost: options.rootHost,
    adminKeys: [openAdminSecret(folder)],
    snapshots: snapshotDownloads(folder, replica),
    onFault: (fault) => process.stderr.write(`a request met a fault: ${String(fault)}\n`),
  });
  const { port, hostname } = options;
  try {
    return listen({ port, hostname, app, accept: (socket) => links.accept(socket) });
  } catch (error) {
    return stopLoudly(explainListen(error, options));
  }
}

async function startNode(options: NodeArguments): Promise<() => Promise<void>> {
  const base = await openBase(options);
  let replica: Replica | undefined;
  const front = openNodeFront({ ...base, nodeId: base.identity.nodeId }, () => replica);
  const handlers: LinkHandlers = { onMessage: () => undefined, onPeersChanged: () => undefined };
  const links = openNodeLinks(base, handlers);
  front.linked(links);
  seekProducers(links, base.chain);
  const server = serve(base, links, { front, replica: () => replica });
  say(`http://${options.rootHost}:${server.port}`);
  say(`process ${process.pid}, data in ${base.folder}, network ${base.genesis.id}`);
  const snapshots = openSnapshots(base, links);
  const started = await openReplica(base, links, Object.assign(handlers, { front, snapshots }));
  replica = started;
  handlers.onMessage = (from, message) => started.receive(from, message);
  handlers.onPeersChanged = () => started.onPeersChanged();
  started.start();
  started.onPeersChanged();
  const repair = (num: BlockNum): void => started.repairBlock(num);
  const stopScrubbing = startScrubbing({ log: base.log, clock: systemClock, repair, say });
  const prune = (): void => base.events.prune(Date.now() * 1_000);
  prune();
  const pruning = setInterval(prune, eventsPruneMs);
  return () => {
    clearInterval(pruning);
    stopScrubbing();
    snapshots.close();
    return stopNode({ base, links, server, replica: started });
  };
}

async function stopNode(running: {
  readonly base: Base;
  readonly links: Links;
  readonly server: Listening;
  readonly replica: Replica;
}): Promise<void> {
  const { base, links, server, replica } = running;
  await replica.handOver(handOverMsMax);
  replica.stop();
  await server.stop();
  links.close();
  base.queries.close();
  await base.log.close();
  await base.state.close();
  await base.events.close();
  base.unlock();
}

const parsed = parseNodeArguments(process.argv.slice(2), process.env);
if (!parsed.ok) {
  const { text, exitStatus } = parsed.error;
  (exitStatus === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(exitStatus);
}
process.on("uncaughtException", (fault) => stopLoudly(explainFault(fault)));
process.on("unhandledRejection", (fault) => stopLoudly(explainFault(fault)));
const stop = await startNode(parsed.value);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void stop().then(() => process.exit(0));
  });
}
