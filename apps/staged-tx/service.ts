import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { merkleEvent } from "@kith/sdk/event";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  proposalHash,
  stagedTxInterface,
  type Proposal,
  type ProposalRef,
  type ProposalTerms,
} from "@kith/sdk/system/staged-tx";
import { account, checksum, str, u32 } from "@kith/sdk/types";

import {
  accepters,
  answerProposal,
  answersOf,
  isAccepted,
  isRejected,
  mayAnswer,
  wouldDecideAlone,
} from "./decisions.ts";
import {
  actionBytesMax,
  actionsMax,
  clearedMax,
  lifetimeSecondsMax,
  openProposalsMax,
  sendersMax,
} from "./limits.ts";
import { serveProposals } from "./serve.ts";
import { answers, counter, parties, proposals } from "./tables.ts";

const only = { key: 0 };
const { actions } = stagedTxInterface;

/** `change`: proposed, accepted, rejected (by one), refused (by enough), executed, removed, expired. */
const changed = merkleEvent(
  "changed",
  { id: u32, hash: checksum, actor: account, change: str },
  { indexes: ["id", "actor"] },
);

const propose = implement(actions.propose, (context, terms) => {
  clearExpired(context);
  checkTerms(context, terms);
  const proposal = addProposal(context, terms);
  tell(context, proposal, "proposed");
  const may = mayAnswer(context, proposal.id, context.sender);
  if (may && wouldDecideAlone(context, proposal, context.sender)) agree(context, proposal);
  return { id: proposal.id, hash: proposal.hash };
});

const accept = implement(actions.accept, (context, ref) => {
  const proposal = openProposal(context, ref);
  checkMayAnswer(context, proposal);
  const decides = wouldDecideAlone(context, proposal, context.sender);
  check(decides, "key-too-young", "this takes a key that was added days ago");
  agree(context, proposal);
});

const reject = implement(actions.reject, (context, ref) => {
  const proposal = openProposal(context, ref);
  checkMayAnswer(context, proposal);
  answerProposal(context, proposal, { account: context.sender, accepted: false });
  tell(context, proposal, "rejected");
  if (!isRejected(context, proposal)) return;
  dropProposal(context, proposal.id);
  tell(context, proposal, "refused");
});

const execute = implement(actions.execute, (context, ref) => {
  run(context, openProposal(context, ref));
});

const remove = implement(actions.remove, (context, ref) => {
  const proposal = foundProposal(context, ref);
  const allowed = proposal.proposer === context.sender || isExpired(context, proposal);
  check(allowed, "not-the-proposer", `only ${proposal.proposer} removes it before it expires`);
  dropProposal(context, proposal.id);
  tell(context, proposal, "removed");
});

export const stagedTx: ServiceModule = service("staged-tx", {
  tables: [proposals, answers, parties, counter],
  actions: { propose, accept, reject, execute, remove },
  events: [changed],
  http: serveProposals,
}).module;

function agree(context: ActionContext, proposal: Proposal): void {
  answerProposal(context, proposal, { account: context.sender, accepted: true });
  tell(context, proposal, "accepted");
  if (proposal.autoExecute && isAccepted(context, proposal)) run(context, proposal);
}

/**
 * The proposal is gone before its first action runs, so that none of them can run it a second time; nor can an auth
 * service that has just been asked whether it may run.
 */
function run(context: ActionContext, proposal: Proposal): void {
  const { id } = proposal;
  check(context.table(proposals).has({ id }), "proposal-unknown", `proposal ${id} has just run`);
  const by = accepters(context, id);
  dropProposal(context, id);
  tell(context, proposal, "executed");
  for (const action of proposal.actions) context.runAs({ action, by });
}

function addProposal(context: ActionContext, terms: ProposalTerms): Proposal {
  const id = (context.table(counter).get(only)?.last ?? 0) + 1;
  context.table(counter).put({ ...only, last: id });
  const content = { ...terms, id, proposer: context.sender };
  const proposal = { ...content, hash: proposalHash(content), proposedAt: context.blockTime };
  context.table(proposals).put(proposal);
  for (const { sender } of terms.actions) context.table(parties).put({ id, account: sender });
  return proposal;
}

function dropProposal(context: ActionContext, id: number): void {
  context.table(proposals).remove({ id });
  for (const given of answersOf(context, id)) context.table(answers).remove(given);
  const all = context.table(parties).range({ prefix: { id } });
  for (const party of all) context.table(parties).remove(party);
}

function foundProposal(context: ActionContext, { id, hash }: ProposalRef): Proposal {
  const proposal = context.table(proposals).get({ id });
  if (proposal === undefined) abort("proposal-unknown", `there is no proposal ${id}, or no more`);
  check(proposal.hash === hash, "proposal-differs", `proposal ${id} asks for something else`);
  return proposal;
}

function openProposal(context: ActionContext, ref: ProposalRef): Proposal {
  const proposal = foundProposal(context, ref);
  check(!isExpired(context, proposal), "proposal-expired", `proposal ${ref.id} has expired`);
  return proposal;
}

function isExpired(context: ActionContext, { expiration }: Proposal): boolean {
  return expiration < nowSeconds(context);
}

function nowSeconds(context: ActionContext): number {
  return Math.floor(context.blockTime / 1_000_000);
}

function checkMayAnswer(context: ActionContext, { id }: Proposal): void {
  const may = mayAnswer(context, id, context.sender);
  check(may, "not-involved", `proposal ${id} is not for ${context.sender} to decide`);
}

function checkTerms(context: ActionContext, terms: ProposalTerms): void {
  const { expiration, actions: wanted } = terms;
  check(wanted.length > 0, "no-actions", "a proposal has at least one action");
  check(wanted.length <= actionsMax, "too-many-actions", `at most ${actionsMax} actions`);
  const sizeBytes = wanted.reduce((size, { rawData }) => size + rawData.length, 0);
  check(sizeBytes <= actionBytesMax, "actions-too-long", `at most ${actionBytesMax} bytes`);
  const senders = new Set(wanted.map(({ sender }) => sender));
  check(senders.size <= sendersMax, "too-many-senders", `at most ${sendersMax} senders`);
  for (const name of senders) {
    const known = context.call(accountsInterface).exists({ name });
    check(known, "account-unknown", `there is no account ${name}`);
  }
  const now = nowSeconds(context);
  check(expiration > now, "expiration-past", "the proposal would have expired already");
  const soon = expiration <= now + lifetimeSecondsMax;
  check(soon, "expiration-too-far", `a proposal stays for at most ${lifetimeSecondsMax} seconds`);
  const own = { index: "byProposer", prefix: { proposer: context.sender } } as const;
  const open = context.table(proposals).range({ ...own, limit: openProposalsMax });
  check(open.length < openProposalsMax, "too-many-proposals", `${open.length} are open already`);
}

/** Whoever adds something also clears away a little: what expired never piles up. */
function clearExpired(context: ActionContext): void {
  const expired = context.table(proposals).range({
    index: "byExpiration",
    to: { expiration: nowSeconds(context) },
    limit: clearedMax,
  });
  for (const proposal of expired) {
    dropProposal(context, proposal.id);
    tell(context, proposal, "expired");
  }
}

function tell(context: ActionContext, { id, hash }: Proposal, change: string): void {
  context.emit(changed, { id, hash, actor: context.sender, change });
}
