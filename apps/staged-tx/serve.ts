import { toHex } from "@kith/sdk/bytes";
import type { QueryContext } from "@kith/sdk/context";
import { queryParameters } from "@kith/sdk/query-parameters";
import { errorReply, jsonReply, type HttpReply, type HttpRequest } from "@kith/sdk/reply";
import type { Proposal } from "@kith/sdk/system/staged-tx";
import { parseAccountName, type AccountName } from "@kith/sdk/types";

import { answersMax, pageRowsMax } from "./limits.ts";
import { answers, parties, proposals } from "./tables.ts";

/**
 * `/proposals/7` is one proposal with who agreed and who did not; `/proposals?party=club` those in whose name `club`
 * would act, `/proposals?proposer=alice` those of alice, `/proposals` all; `&after=7` goes on behind number 7.
 */
export function serveProposals(context: QueryContext, request: HttpRequest): HttpReply | undefined {
  const path = request.path;
  if (path !== "/proposals" && !path.startsWith("/proposals/")) return undefined;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return errorReply(
      405,
      "method-not-allowed",
      "proposals are read with GET and changed by actions",
    );
  }
  if (path !== "/proposals") return oneProposal(context, path.slice("/proposals/".length));
  return listedProposals(context, queryParameters(request.query));
}

function oneProposal(context: QueryContext, text: string): HttpReply {
  const id = numberOf(text);
  const proposal = id === undefined ? undefined : context.table(proposals).get({ id });
  if (proposal === undefined) {
    return errorReply(404, "proposal-unknown", `there is no proposal ${text}, or no more`);
  }
  const given = context.table(answers).range({ prefix: { id: proposal.id }, limit: answersMax });
  const accepted = given.filter((answer) => answer.accepted).map(({ account }) => account);
  const rejected = given.filter((answer) => !answer.accepted).map(({ account }) => account);
  return jsonReply({ ...summaryOf(proposal), accepted, rejected });
}

type Parameters = ReadonlyMap<string, string>;

function listedProposals(context: QueryContext, parameters: Parameters): HttpReply {
  const after = numberOf(parameters.get("after") ?? "0");
  if (after === undefined) return errorReply(400, "parameter-invalid", "after takes a number");
  const { party, proposer } = Object.fromEntries(parameters);
  const name = accountOf(party ?? proposer);
  if (name === undefined) return errorReply(400, "parameter-invalid", "that is no account's name");
  const listed = rowsOf(context, { after, name, byParty: party !== undefined });
  return jsonReply({ proposals: listed.map(summaryOf) });
}

type Wanted = {
  readonly after: number;
  readonly name: AccountName | "";
  readonly byParty: boolean;
};

function rowsOf(context: QueryContext, { after, name, byParty }: Wanted): readonly Proposal[] {
  const page = { after: { id: after }, limit: pageRowsMax };
  const rows = context.table(proposals);
  if (name === "") return rows.range(page);
  if (!byParty) return rows.range({ ...page, index: "byProposer", prefix: { proposer: name } });
  const found = context
    .table(parties)
    .range({ ...page, index: "byAccount", prefix: { account: name } });
  return found.map(({ id }) => rows.get({ id })).filter((row) => row !== undefined);
}

function summaryOf(proposal: Proposal): object {
  const { actions, proposedAt, ...rest } = proposal;
  return {
    ...rest,
    proposedAt: String(proposedAt),
    actions: actions.map((each) => ({ ...each, rawData: toHex(each.rawData) })),
  };
}

/** "" when none is asked for. */
function accountOf(text: string | undefined): AccountName | "" | undefined {
  if (text === undefined) return "";
  const name = parseAccountName(text);
  return name.ok ? name.value : undefined;
}

function numberOf(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,9})$/.test(text)) return undefined;
  return Number(text) < 2 ** 32 ? Number(text) : undefined;
}
