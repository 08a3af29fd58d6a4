import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf, type NodeId } from "@kith/protocol/ids";
import type { BftMessage } from "@kith/protocol/node-message";
import { viewChangeStatement, type SignedViewChange, type ViewChange } from "@kith/protocol/vote";

import type { Output } from "../core/output.ts";
import { remindOfWords } from "../core/reminder.ts";
import type { ConsensusState } from "../core/state.ts";
import { lacksRoot } from "./fetch-root.ts";
import { isBetter, type Order } from "./lock.ts";
import { noteVote } from "./peers.ts";
import { audience, epochOf, isBft, isPreparer, isVoter, leaderOf } from "./rules.ts";
import { noPlace } from "./state.ts";
import { certifyFinal } from "./tally.ts";
import { answerNewView, askForChain } from "./tell.ts";
import { followTerms, noteReadiness, noteTerm, repeatLater } from "./terms.ts";

type ViewChangeMessage = Extract<BftMessage, { kind: "view-change" }>;

/**
 * This node gives the leader of its term up, or follows others that did. From here on it votes for nothing in earlier
 * terms, and in this one only when a quorum's view changes show where the term begins (bft.md, view change).
 */
export function enterTerm(state: ConsensusState, out: Output, term: number): void {
  const { bft } = state;
  // Its votes go with the term, and others may need the proof that they are.
  if (isBft(state)) certifyFinal(state, out, state.commitNum);
  state.term = term;
  state.votedFor = undefined;
  state.leader = undefined;
  bft.root = undefined;
  bft.rootBefore = undefined;
  bft.newView = undefined;
  bft.awaited = undefined;
  bft.committed = noPlace;
  bft.locksWritten.length = 0;
  bft.peers.clear();
  bft.voteSent = undefined;
  bft.leaderVote = undefined;
  bft.held.length = 0;
  bft.warned.clear();
  bft.viewAsks.clear();
  bft.clock.readyMs = undefined;
  bft.clock.advanced = false;
  bft.clock.enteredMs = out.now.monotonicMs;
  for (const vote of bft.early.values()) if (vote.term === term) noteVote(state, vote);
  state.role = isVoter(state) ? "candidate" : "observer";
  bft.termWrite = out.writeBallot();
  announceView(state, out);
  repeatLater(state, out);
  noteReadiness(state, out);
}

/** Tells everybody in which term this node is, and where that term should begin. */
export function announceView(state: ConsensusState, out: Output): void {
  const { bft, config } = state;
  if (!isPreparer(state)) return;
  const view = ownView(state);
  bft.views.set(config.self, { view, certificate: bft.lock });
  bft.termSeen.set(config.self, state.term);
  const leader = leaderOf(state, state.term);
  const told: ViewChangeMessage = { kind: "view-change", view };
  // Safety needs only the leader's certificate. Who does not know yet that it produces gets it, too.
  const proved = bft.lock === undefined ? told : { ...told, certificate: bft.lock };
  // It names a certificate that may be newer than the term.
  const { lastBallot } = state.writes;
  for (const node of audience(state)) {
    const isShown = node === leader || isNewcomer(state, node);
    out.send(node, isShown ? proved : told, lastBallot);
  }
}

/** It produces by a block that it may lack. */
function isNewcomer({ consensus }: ConsensusState, node: NodeId): boolean {
  const { current, next } = consensus.point.joint;
  return next !== undefined && !current.producers.some((producer) => producer.node === node);
}

/** In which term this node is, for one that is behind. */
function sendView(state: ConsensusState, out: Output, to: NodeId): void {
  const { bft, config } = state;
  const view = bft.views.get(config.self)?.view;
  if (view?.term !== state.term) return;
  out.send(to, { kind: "view-change", view }, state.writes.lastBallot);
}

function ownView(state: ConsensusState): SignedViewChange {
  const { bft, config } = state;
  const { crypto, self } = config;
  const view: ViewChange = {
    epoch: epochOf(state),
    term: termOf(state.term),
    bestEpoch: blockNumOf(bft.lock?.epoch ?? 0),
    bestTerm: termOf(bft.lock?.term ?? 0),
    best:
      bft.lock === undefined
        ? { num: blockNumOf(1), id: crypto.chain }
        : { num: bft.lock.num, id: bft.lock.id },
  };
  const signature = crypto.sign(viewChangeStatement(crypto.chain, view));
  return { ...view, node: self, signature };
}

export function receiveViewChange(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { view, certificate }: ViewChangeMessage,
): void {
  const { bft } = state;
  if (view.epoch !== epochOf(state)) {
    if (view.epoch > epochOf(state)) askForChain(state, out, from);
    return;
  }
  if (view.node !== from || !state.voters.nodes.includes(from)) return;
  remindOfWords(state, out, from);
  noteTerm(state, from, view.term);
  keepView(state, view, certificate);
  if (certificate !== undefined && lacksRoot(state, certificate)) askForChain(state, out, from);
  // Whoever is behind, or was away when the term began, is told how it did.
  if (bft.root !== undefined && view.term <= state.term) showTerm(state, out, view);
  else if (view.term < state.term) sendView(state, out, from);
  followTerms(state);
  noteReadiness(state, out);
}

/** How this term began, and the certificate that it has made since, when that sets the other one free to join. */
function showTerm(state: ConsensusState, out: Output, view: SignedViewChange): void {
  const { lock } = state.bft;
  answerNewView(state, out, view.node);
  if (view.term !== state.term || lock?.term !== state.term) return;
  if (!isBetter(lock, placeOf(view))) return;
  out.send(view.node, { kind: "certificate", certificate: lock }, state.writes.lastBallot);
}

function keepView(
  { bft }: ConsensusState,
  view: SignedViewChange,
  certificate: Certificate | undefined,
): void {
  const held = bft.views.get(view.node);
  if (held !== undefined && held.view.term > view.term) return;
  if (held?.view.term === view.term && isBetter(placeOf(held.view), placeOf(view))) return;
  const isSame = held?.view.term === view.term && held.view.best.id === view.best.id;
  bft.views.set(view.node, {
    view,
    certificate: certificate ?? (isSame ? held?.certificate : undefined),
  });
}

export function placeOf(view: ViewChange): Order {
  return { epoch: view.bestEpoch, term: view.bestTerm, num: view.best.num };
}
