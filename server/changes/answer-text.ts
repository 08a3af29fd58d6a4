import { unpackText } from "@kith/protocol/texts";

import type { LiveState } from "./live-queries.ts";

/** The members of an `answer` message but `of`. A body that is JSON is told as it is, any other as a text. */
export function answerText(state: LiveState, block: number): string {
  if (state.kind === "failed") return members({ block, failed: state.code });
  const { status, contentType, body } = state.reply;
  const text = unpackText(body);
  if (text === undefined) return members({ block, failed: "answer-no-text" });
  const isJson = /^application\/([-.\w]+\+)?json\b/.test(contentType) && isWhole(text);
  const bodyText = isJson ? text : JSON.stringify(text);
  return `${members({ block, status, contentType })},"body":${bodyText}`;
}

function members(facts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(facts).slice(1, -1);
}

/** A service may claim anything about what it says. */
function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
