import { pluginInterface, type PluginInterface } from "@kith/sdk/plugin-interface";
import { nothing, signature, type Signature } from "@kith/sdk/signature";
import { list, object, option, str, u32, type Codec } from "@kith/sdk/types";

/** What somebody has typed and not sent. */
export type Draft = {
  /** Of a thread that is to be started. */
  readonly title?: string;
  readonly text: string;
};

/** A thread as other apps may show it; its page is `/t/ID` on the board's subdomain. */
export type Headline = { readonly id: number; readonly title: string; readonly posts: number };

type DraftPlace = {
  /** The thread that is answered; 0 for a new one. */
  readonly thread: number;
};

const draft: Codec<Draft> = object({ title: option(str), text: str });

/** The board in its users' browsers: what other apps may do with it, and what it remembers on this device. */
export const boardPlugin: PluginInterface<{
  /** Starts a thread in the user's name, who is asked. Aborts with the codes of the service's `startThread`. */
  readonly share: Signature<{ readonly title: string; readonly text: string }, void>;
  /** At most 100, pinned ones first, then those with the newest posts. */
  readonly newest: Signature<{ readonly limit: number }, readonly Headline[]>;
  /** For the board's own pages: what was typed on this device, in the name of who is signed in. */
  readonly draft: Signature<DraftPlace, Draft | undefined>;
  /** An empty draft is none. Aborts with `draft-too-long`. */
  readonly keepDraft: Signature<DraftPlace & Draft, void>;
}> = pluginInterface("board", {
  share: signature({ title: str, text: str }, nothing),
  newest: signature({ limit: u32 }, list(object({ id: u32, title: str, posts: u32 }))),
  draft: signature({ thread: u32 }, option(draft)),
  keepDraft: signature({ thread: u32, title: option(str), text: str }, nothing),
});

export { draft as draftCodec };
