import { decodeBase64Url, encodeBase64Url } from "@kith/protocol/base64";

/** The app that shows invites, and where on its pages. */
export const inviteHost = "home";
export const invitePath = "/invite";
export const inviteSeedBytes = 32;

/** What a link carries behind its `#`, which no browser sends to any server. */
export type InviteFragment = {
  /** Of the invite's Ed25519 key: whoever has it may come in. */
  readonly seed: Uint8Array;
  /** Of the app's page to which it leads; left out: its first page. */
  readonly path?: string;
};

/** `root` is that of the network with its port, with a scheme or without: `http://kith.localhost:8080`. */
export function inviteLink(root: string, { seed, path = "/" }: InviteFragment): string {
  const [, scheme = "", authority = ""] = /^([a-z]+:)?(?:\/\/)?([^/]*)/.exec(root) ?? [];
  const rest = path === "/" ? "" : `&path=${encodeURIComponent(path)}`;
  return `${scheme}//${inviteHost}.${authority}${invitePath}#${encodeBase64Url(seed)}${rest}`;
}

/** With the `#` or without it; undefined for what no link carries. Whoever follows the path looks at it first. */
export function parseInviteFragment(text: string): InviteFragment | undefined {
  const match = /^#?([\w-]{43})(?:&path=([^&#]*))?$/.exec(text);
  const seed = decodeBase64Url(match?.[1] ?? "");
  if (match === null || seed?.length !== inviteSeedBytes) return undefined;
  try {
    return match[2] === undefined ? { seed } : { seed, path: decodeURIComponent(match[2]) };
  } catch {
    return undefined;
  }
}
