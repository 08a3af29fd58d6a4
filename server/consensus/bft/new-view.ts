import { rulesOfEpoch, verifyCertificate, type Certificate } from "@kith/protocol/certificate";
import type { NodeId } from "@kith/protocol/ids";
import type { NewView } from "@kith/protocol/node-message";
import { viewChangeStatement, type BlockPlace, type SignedViewChange } from "@kith/protocol/vote";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { truncateLog } from "../log/log-change.ts";
import { certificateHolds, isBetter, isBoundBehind, orderOf } from "./lock.ts";
import { lockOn } from "./locking.ts";
import { matchAll } from "./peers.ts";
import { audience, epochOf, isVoter, leaderOf, quorumBehind, rulesInForce } from "./rules.ts";
import { askForChain, sendNewView } from "./tell.ts";
import { noteTerm } from "./terms.ts";
import { announceView, enterTerm, placeOf } from "./view-change.ts";

/**
 * bft.md, rule 4, as the leader: when a quorum's view changes name nothing better than its own, the term begins behind that block. A
 * better one that is proved becomes its own, and it issues a second view change.
 */
export function tryNewView(state: ConsensusState, out: Output): void {
  const { bft, config } = state;
  if (bft.root !== undefined || leaderOf(state, state.term) !== config.self) return;
  if (adoptBetter(state, out)) return;
  const own = bft.views.get(config.self)?.view;
  if (own === undefined || own.term !== state.term) return;
  const views = [own];
  for (const { view } of bft.views.values()) {
    if (view.node === config.self || view.term !== state.term) continue;
    if (isWithin(view, own) && viewIsSigned(state, view)) views.push(view);
  }
  const signers = new Set(views.map(({ node }) => node));
  if (!quorumBehind(state, own.best.num, (node) => signers.has(node))) return;
  const { lock } = bft;
  const newView: NewView = { views, ...(lock === undefined ? {} : { certificate: lock }) };
  activate(state, out, newView);
  for (const node of audience(state)) sendNewView(state, out, node);
}

/**
 * Takes over the best certificate that a view change brought, at once, so that no view change names one that the ballot has not kept.
 * Blocks that it is about and that are not here are asked for.
 */
function adoptBetter(state: ConsensusState, out: Output): boolean {
  for (const { view, certificate } of betterOnes(state)) {
    if (state.log.idAt(certificate.num) !== certificate.id) {
      askForChain(state, out, view.node);
      continue;
    }
    if (!certificateHolds(state, certificate)) continue;
    lockOn(state, out, certificate);
    announceView(state, out);
    return true;
  }
  return false;
}

type Proved = { readonly view: SignedViewChange; readonly certificate: Certificate };

/** View changes of this term that bring better certificates than this node has, the best first: each proves itself, whatever the view says. */
function betterOnes({ bft, term }: ConsensusState): readonly Proved[] {
  const found: Proved[] = [];
  for (const { view, certificate } of bft.views.values()) {
    if (view.term !== term || certificate === undefined) continue;
    if (isBetter(certificate, orderOf(bft.lock))) found.push({ view, certificate });
  }
  return found.toSorted((a, b) => (isBetter(a.certificate, b.certificate) ? -1 : 1));
}

/** No better than what the leader names; an equal place is the same block, or a lie. */
function isWithin(view: SignedViewChange, leading: SignedViewChange): boolean {
  const [a, b] = [placeOf(view), placeOf(leading)];
  if (a.epoch === b.epoch && a.term === b.term && a.num === b.num)
    return view.best.id === leading.best.id;
  return isBetter(b, a);
}

function viewIsSigned(state: ConsensusState, view: SignedViewChange): boolean {
  const { bft, config } = state;
  const { chain, isSigned } = config.crypto;
  if (bft.checked.has(view)) return true;
  const holds = isSigned(view.node, viewChangeStatement(chain, view), view.signature);
  if (holds) bft.checked.add(view);
  return holds;
}

/** From the leader, or passed on by anybody: it proves itself. */
export function receiveNewView(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  newView: NewView,
): void {
  const [leading] = newView.views;
  if (leading === undefined) return;
  if (leading.epoch !== epochOf(state)) {
    if (leading.epoch > epochOf(state)) askForChain(state, out, from);
    return;
  }
  const isNews =
    leading.term > state.term || (leading.term === state.term && state.bft.root === undefined);
  if (!isNews || leading.node !== leaderOf(state, leading.term)) return;
  if (!isHere(state, leading.best)) {
    if (leading.best.num <= state.commitNum || !isProved(state, newView)) return;
    if (leading.term > state.term) enterTerm(state, out, leading.term);
    state.bft.awaited = newView;
    askForChain(state, out, from);
    return;
  }
  adopt(state, out, newView);
}

/**
 * Called when blocks or a certificate came: the root of a view that was waited for may be among them, or this node may be bound
 * by nothing better any more.
 */
export function adoptAwaited(state: ConsensusState, out: Output): void {
  const { awaited } = state.bft;
  const root = awaited?.views[0]?.best;
  if (awaited === undefined || root === undefined) return;
  if (!isHere(state, root) || isBoundElsewhere(state, awaited)) return;
  state.bft.awaited = undefined;
  adopt(state, out, awaited);
}

/** A view whose root is in the log: what it says is checked in full, and the term begins. */
function adopt(state: ConsensusState, out: Output, newView: NewView): void {
  const [leading] = newView.views;
  if (leading === undefined || !isProved(state, newView)) return;
  const { certificate } = newView;
  const isGenesis =
    leading.bestEpoch === 0 &&
    leading.bestTerm === 0 &&
    leading.best.id === state.config.crypto.chain;
  if (certificate === undefined ? !isGenesis : !names(certificate, leading)) return;
  if (certificate !== undefined && !isShown(state, certificate)) return;
  if (leading.term > state.term) enterTerm(state, out, leading.term);
  for (const view of newView.views) noteTerm(state, view.node, view.term);
  if (isBoundElsewhere(state, newView)) state.bft.awaited = newView;
  else activate(state, out, newView);
}

/**
 * A term may last so long that its root is final here, and out of memory: also after a restart, which brings back only what comes behind
 * the newest final block. The term then goes on from this node's own blocks, whatever the root was: what was final before the term is in every
 * log that can begin it, and what became final in it came from its root.
 */
function isForgotten({ log, commitNum }: ConsensusState, num: number): boolean {
  return num <= commitNum && log.idAt(num) === undefined;
}

function isHere(state: ConsensusState, { num, id }: BlockPlace): boolean {
  return state.log.idAt(num) === id || isForgotten(state, num);
}

/**
 * Of a forgotten block the rules may be forgotten too: a certificate of another epoch, which nobody can check here, is believed as long
 * as it claims to be no better than what this node is bound to. Another one would outdo whatever a quorum says.
 */
function isShown(state: ConsensusState, certificate: Certificate): boolean {
  if (!isForgotten(state, certificate.num)) return certificateHolds(state, certificate);
  const rules = rulesOfEpoch(rulesInForce(state), certificate.epoch);
  const { chain, isSigned } = state.config.crypto;
  if (rules !== undefined) return verifyCertificate(certificate, { ...rules, chain, isSigned }).ok;
  return !isBetter(certificate, orderOf(state.bft.lock));
}

/**
 * A leader that lies may prove several roots for its term. Whoever may have voted behind one of them before a restart goes on
 * from that one alone.
 */
function isBoundElsewhere(state: ConsensusState, { views, certificate }: NewView): boolean {
  const { rootBefore } = state.bft;
  const root = views[0]?.best;
  if (root === undefined) return true;
  if (rootBefore !== undefined && rootBefore.id !== root.id) return true;
  return isBoundBehind(state, keptNum(state, root), certificate);
}

/** How much of the log stays when the term begins: what is final, and what this node had of this term before a restart. */
function keptNum({ log, commitNum, term }: ConsensusState, root: BlockPlace): number {
  let num: number = Math.max(root.num, commitNum);
  while (log.block(num + 1)?.header.term === term) num += 1;
  return num;
}

function names(certificate: Certificate, view: SignedViewChange): boolean {
  const { epoch, term, num, id } = certificate;
  const { bestEpoch, bestTerm, best } = view;
  return epoch === bestEpoch && term === bestTerm && num === best.num && id === best.id;
}

/** The quorum of signed view changes, none of which names a better block; each producer counts once. Cheap things first. */
function isProved(state: ConsensusState, { views }: NewView): boolean {
  const [leading] = views;
  if (leading === undefined) return false;
  const signers = new Set<NodeId>();
  for (const view of views) {
    if (view.epoch !== leading.epoch || view.term !== leading.term) return false;
    if (view !== leading && !isWithin(view, leading)) return false;
    signers.add(view.node);
  }
  if (!quorumBehind(state, leading.best.num, (node) => signers.has(node))) return false;
  return views.every((view) => viewIsSigned(state, view));
}

/** The term begins behind its root. What this node had after the root is of earlier terms and goes. */
function activate(state: ConsensusState, out: Output, newView: NewView): void {
  const { bft, log } = state;
  const [leading] = newView.views;
  if (leading === undefined) return;
  const root: BlockPlace = leading.best;
  if (!isHere(state, root)) return;
  const keepNum = keptNum(state, root);
  if (keepNum < log.head.num) truncateLog(state, out, keepNum);
  const { certificate } = newView;
  bft.root = root;
  bft.newView = { ...newView, kind: "new-view" };
  bft.awaited = undefined;
  if (certificate !== undefined && !isForgotten(state, root.num)) {
    if (isBetter(certificate, orderOf(bft.lock))) bft.lock = certificate;
  }
  bft.termWrite = out.writeBallot();
  state.leader = leading.node;
  bft.clock.progressMs = out.now.monotonicMs;
  bft.clock.heardMs = out.now.monotonicMs;
  const voterRole = leading.node === state.config.self ? "leader" : "follower";
  state.role = isVoter(state) ? voterRole : "observer";
  matchAll(state);
}
