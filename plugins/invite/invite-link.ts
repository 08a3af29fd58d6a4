import { abort, check } from "@kith/sdk/abort";
import { parseInviteFragment } from "@kith/sdk/invite-link";

type InviteLink = {
  /** Of the invite's Ed25519 key: whoever has it may come in. */
  readonly seed: Uint8Array;
  /** Of the app's page to which it leads. */
  readonly path: string;
};

export function parseInviteLink(fragment: string): InviteLink {
  const given = parseInviteFragment(fragment);
  if (given === undefined) abort("link-malformed", "this is no invite's link");
  return { seed: given.seed, path: checkedPath(given.path) };
}

/** On the app's own host, whoever made the link: what begins with two slashes would lead to another one. */
export function checkedPath(path = "/"): string {
  const isPath = /^\/(?![/\\])[\x21-\x7e]{0,200}$/.test(path) || path === "/";
  check(isPath && !path.includes("\\"), "path-malformed", "a path begins with one slash");
  return path;
}
