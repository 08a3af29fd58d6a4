import type { LightClientError } from "@kith/sdk/light-client";

import type { CliError } from "./cli-error.ts";

/** What a node showed that nobody can believe. */
export type LightFault = Exclude<LightClientError, { readonly code: "refused" | "unreachable" }>;

export function cliErrorOf(error: LightClientError, url: string): CliError {
  const { code } = error;
  if (code === "refused") return error;
  if (code === "unreachable") return { code: "node-unreachable", url, reason: error.message };
  return { code: "node-not-believed", url, fault: error };
}

const forged = "its signatures are not those of the producers who decide there";
const noAnswer = "its answer is not what nodes answer";
const another = "it shows another block than the one that was asked for, or the way to another one";

const sentences: Readonly<Record<LightFault["code"], string>> = {
  "answer-too-large": "its answer has no end",
  "answer-not-json": noAnswer,
  "answer-malformed": noAnswer,
  "checkpoint-malformed": "what was kept is no checkpoint",
  "header-missing": "no header says yet what is true there; try again in a moment",
  "not-proved": "the proof does not show it",
  "other-event": "it shows another event than the one that was asked for",
  "data-malformed": "what is proved is not what the service declares",
  "light-genesis-wrong": "its network is another one than the one that you believe in",
  "light-header-not-newer": "it shows changes of producers again that were shown before",
  "light-header-breaks-rules": "no producer of the network would make such a block",
  "light-change-missing": "it leaves out who produces there, or its network is another one",
  "light-ancestor-wrong": another,
  "light-num-invalid": "blocks have numbers from 1 to 4294967295",
  "light-header-wrong": another,
  "light-header-stale": "it shows less than is known already: it is behind, or hides what is newer",
  "light-header-gone": "it does not keep headers from so long ago",
  "light-certificate-missing": "nobody signed for what it shows",
  "light-pages-too-many":
    "the way there is too long; start from --chain, or from an older checkpoint",
  "certificate-of-another-epoch": forged,
  "certificate-of-another-term": forged,
  "certificate-of-another-block": "its signatures are for another block",
  "certificate-of-no-block": "its signatures are for no block",
  "certificate-without-own-block": "its signatures do not make that block final",
  "certificate-links-broken": another,
  "certificate-links-too-many": another,
  "certificate-links-spare": another,
  "certificate-votes-unordered": "somebody signed twice, or in another order",
  "certificate-vote-elsewhere": "its signatures are for another block",
  "certificate-vote-of-stranger": "somebody signed who is no producer there",
  "certificate-vote-forged": "a signature is forged, or of another network",
  "certificate-without-quorum": "too few of the producers signed",
};

export function describeLightFault({ code }: LightFault): string {
  return sentences[code];
}
