import { abort, check } from "@kith/sdk/abort";
import { packText } from "@kith/sdk/reply";

import { postBytesMax, reactionBytesMax, reasonBytesMax, titleBytesMax } from "./limits.ts";

export function checkTitle(title: string): void {
  checkText(title, "title", titleBytesMax);
  check(!/\p{Cc}/u.test(title), "title-malformed", "a title is one line");
}

export function checkPost(text: string): void {
  checkText(text, "post", postBytesMax);
}

export function checkReaction(kind: string): void {
  checkText(kind, "reaction", reactionBytesMax);
  check(!/\s/.test(kind), "reaction-malformed", "a reaction has no spaces");
}

/** Unlike the others a reason may be empty. */
export function checkReason(reason: string): void {
  const sizeBytes = packText(reason).length;
  check(sizeBytes <= reasonBytesMax, "reason-too-long", `at most ${reasonBytesMax} bytes`);
}

function checkText(text: string, what: "title" | "post" | "reaction", bytesMax: number): void {
  check(text.trim() !== "", `${what}-empty`, `a ${what} says something`);
  const sizeBytes = packText(text).length;
  if (sizeBytes > bytesMax) abort(`${what}-too-long`, `a ${what} has at most ${bytesMax} bytes`);
}
