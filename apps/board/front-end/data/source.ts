import type { AccountName } from "@kith/sdk/types";
import type { Remote } from "@kith/ui/remote";

import type { ThreadPage, ThreadShown } from "../../interface.ts";
import type { Draft } from "../../plugin-interface.ts";

export type Viewer =
  | { readonly status: "unknown" }
  | { readonly status: "out" }
  | {
      readonly status: "in";
      readonly account: AccountName;
      readonly role: "member" | "moderator" | "owner";
      /** Why this account may not write, when it may not. */
      readonly banned?: string;
    };

/** Something that a member or a moderator does. */
export type Write =
  | { readonly kind: "start"; readonly title: string; readonly text: string }
  | {
      readonly kind: "reply";
      readonly thread: number;
      readonly text: string;
      readonly replyTo?: number;
    }
  | {
      readonly kind: "edit";
      readonly thread: number;
      readonly number: number;
      readonly text: string;
    }
  | {
      readonly kind: "react" | "unreact";
      readonly thread: number;
      readonly number: number;
      readonly reaction: string;
    }
  | { readonly kind: "lock" | "pin"; readonly thread: number; readonly enabled: boolean }
  | {
      readonly kind: "hide-post";
      readonly thread: number;
      readonly number: number;
      readonly enabled: boolean;
    };

/** A write from the moment on at which it was made on this device. */
export type SentWrite = {
  readonly id: string;
  readonly write: Write;
  /** Milliseconds since 1970. */
  readonly at: number;
  /**
   * `queued`: signed, and sent when there is a network again; `final`: the network has it, and the page may not have heard of it
   * yet; `failed`: nothing of it was done.
   */
  readonly state: "sending" | "queued" | "final" | "failed";
  /** The number that a thread or a post got. */
  readonly result?: number;
  /** Why it failed. */
  readonly code?: string;
};

export type Outcome =
  | { readonly ok: true; readonly value: number | undefined }
  | { readonly ok: false; readonly code: string };

export type Listener<Value> = (value: Value) => void;
export type Stop = () => void;

/** All that the pages know of the world. */
export type BoardSource = {
  readonly watchViewer: (listener: Listener<Viewer>) => Stop;
  /** The first `limit` threads. */
  readonly watchThreads: (limit: number, listener: Listener<Remote<ThreadPage>>) => Stop;
  /** Undefined where there is no such thread. Without `before`, the last posts. */
  readonly watchThread: (
    which: { readonly thread: number; readonly before?: number },
    listener: Listener<Remote<ThreadShown | undefined>>,
  ) => Stop;
  /** Asks who the user is. */
  readonly signIn: () => void;
  /** `onQueued` is called when the write waits for the network. */
  readonly send: (write: Write, onQueued: () => void) => Promise<Outcome>;
  /** What earlier pages, and others that are open, have written and the network does not have. */
  readonly watchLeft: (listener: Listener<readonly SentWrite[]>) => Stop;
  /** Of those, one that has failed. */
  readonly retryLeft: (id: string) => Promise<void>;
  readonly dropLeft: (id: string) => Promise<void>;
  /** What the user typed on this device and did not send; 0 stands for a new thread. */
  readonly draft: (thread: number) => Promise<Draft | undefined>;
  /** Where that fails the page still has it. */
  readonly keepDraft: (thread: number, draft: Draft) => void;
};

/** Threads and posts of one look. */
export const threadsAtOnce = 30;
export const postsAtOnce = 25;
