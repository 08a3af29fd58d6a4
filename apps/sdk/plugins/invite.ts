import type { NoArguments } from "@kith/protocol/entry-points";
import {
  bytes,
  list,
  object,
  option,
  str,
  u16,
  u64Number,
  type Codec,
} from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { nothing, signature, type Signature } from "../signature.ts";
import { proveFunctions, type ProveFunctions } from "./auth.ts";

export type InviteTerms = {
  /** How many people may come by it: 1 to 100. */
  readonly uses: number;
  /** 1 to 30. */
  readonly days: number;
  /** For who opens it; at most 140 characters. */
  readonly memo: string;
  /** Of the app's page to which it leads: `/welcome`. Left out: its first page. */
  readonly path?: string;
};

export type InviteShown = {
  /** As SPKI. */
  readonly key: Uint8Array;
  readonly inviter: AccountName;
  readonly app: AccountName;
  /** Microseconds since the Unix epoch. */
  readonly expiresAt: number;
  readonly usesMax: number;
  readonly uses: number;
  readonly memo: string;
  /** `open`, `expired`, `used-up` or `revoked`. */
  readonly state: string;
  /** Of an invite that was made in this browser. */
  readonly link?: string;
};

/** Where whoever accepted is to be led. */
export type Arrival = {
  readonly account: AccountName;
  readonly app: AccountName;
  /** Of its page; it begins with `/`. */
  readonly path: string;
};

const terms = { uses: u16, days: u16, memo: str, path: option(str) };
type Fragment = {
  /** Of an invite's link, what follows the `#`. */
  readonly fragment: string;
};

/** Links by which people come in; the inviter pays. Links have no scheme: `new URL(link, location.href)`. */
export const invitePlugin: PluginInterface<
  ProveFunctions & {
    /** By an app or its plugin, which needs the user's trust: a link that leads into it. */
    readonly create: Signature<InviteTerms, string>;

    /** All that follows is for `home`. */
    readonly createFor: Signature<InviteTerms & { readonly app: AccountName }, string>;
    /** Undefined when there is no such invite. */
    readonly look: Signature<Fragment, InviteShown | undefined>;
    readonly accept: Signature<Fragment, Arrival>;
    /** The user's own, the newest first. */
    readonly list: Signature<NoArguments, readonly InviteShown[]>;
    readonly revoke: Signature<{ readonly key: Uint8Array }, void>;
  }
> = pluginInterface("invite", {
  ...proveFunctions,
  create: signature(terms, str),
  createFor: signature({ ...terms, app: accountCodec }, str),
  look: signature({ fragment: str }, option(invite())),
  accept: signature(
    { fragment: str },
    object({ account: accountCodec, app: accountCodec, path: str }),
  ),
  list: signature({}, list(invite())),
  revoke: signature({ key: bytes }, nothing),
});

function invite(): Codec<InviteShown> {
  return object({
    key: bytes,
    inviter: accountCodec,
    app: accountCodec,
    expiresAt: u64Number,
    usesMax: u16,
    uses: u16,
    memo: str,
    state: str,
    link: option(str),
  });
}
