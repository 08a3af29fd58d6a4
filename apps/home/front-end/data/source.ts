import type { AccountName } from "@kith/sdk/types";

export type Listener<Value> = (value: Value) => void;
export type Stop = () => void;

/** Who uses this browser. */
export type Session =
  | { readonly status: "unknown" }
  | { readonly status: "out" }
  | {
      readonly status: "in";
      readonly account: AccountName;
      /** All that this browser can act for, the current one among them. */
      readonly accounts: readonly AccountName[];
      /** New apps know their user without asking. */
      readonly everywhere: boolean;
    };

/** How it is with the network, as far as this page can tell. */
export type NetworkState = {
  readonly status: "looking" | "fine" | "away" | "offline";
  /** What people type to get here: `kith.localhost:8080`. */
  readonly host: string;
  readonly chain?: string;
  readonly height?: number;
  readonly stateRoot?: string;
  /** Of the last decision; milliseconds since 1970, as all times here. */
  readonly decidedAt?: number;
};

/** Something that was done in this browser and that the network does not have yet. */
export type UnsentWrite = {
  readonly id: string;
  readonly app: AccountName;
  /** In a few words: what it does. */
  readonly title: string;
  readonly at: number;
  readonly state: "queued" | "sending" | "failed";
  readonly code?: string;
  /** In the words of the service that refused it. */
  readonly message?: string;
  /** It failed, and the same can be sent again. */
  readonly canRetry: boolean;
};

export type AppShown = {
  readonly account: AccountName;
  readonly description: string;
  readonly version: string;
  readonly url: string;
  readonly iconUrl?: string;
};

export type DeviceShown = {
  readonly id: number;
  readonly role: "device" | "passkey" | "recovery";
  readonly label: string;
  /** The one that this page is open on. */
  readonly isThis: boolean;
  readonly addedAt: number;
  /** Until then it may not touch older keys or friends; undefined when it may. */
  readonly youngUntil?: number;
};

export type FriendsShown = {
  readonly friends: readonly AccountName[];
  readonly threshold: number;
  readonly delayDays: number;
  /** Somebody wants to get into the account. */
  readonly recovery?: RecoveryShown;
  /** Accounts that count on this one, and that need it now. */
  readonly asked: readonly RecoveryShown[];
};

export type RecoveryShown = {
  readonly account: AccountName;
  readonly device: string;
  readonly startedBy: AccountName;
  readonly supporters: readonly AccountName[];
  readonly threshold: number;
  readonly readyAt?: number;
};

export type InviteShown = {
  /** Names it for `revokeInvite`. */
  readonly key: string;
  readonly inviter: AccountName;
  readonly app: AccountName;
  readonly expiresAt: number;
  readonly uses: number;
  readonly usesMax: number;
  readonly memo: string;
  readonly state: "open" | "expired" | "used-up" | "revoked";
  /** Of one that was made in this browser. */
  readonly link?: string;
};

export type GrantShown = {
  readonly caller: AccountName;
  readonly callee: AccountName;
  readonly level: "low" | "medium" | "high" | "max";
  readonly answer: "session" | "always" | "never";
  readonly since: number;
};

/** What an app's plugin offers and uses. */
export type PluginShown = {
  readonly account: AccountName;
  readonly doc: string | undefined;
  readonly uses: readonly string[];
  readonly functions: readonly {
    readonly name: string;
    readonly takes: string;
    readonly gives: string | undefined;
    readonly trust: "none" | "low" | "medium" | "high" | "max";
    readonly doc: string | undefined;
  }[];
};

type ConnectedApp = { readonly app: AccountName; readonly account: AccountName };

export type NameStanding = "free" | "taken" | "reserved" | "short" | "malformed";

export type Outcome<Value = void> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string };
type Answer<Value> = Promise<Outcome<Value>>;

type InviteTerms = {
  readonly app: AccountName;
  readonly uses: number;
  readonly days: number;
  readonly memo: string;
};

/** Asked when a page is opened, and again after everything that the user does. */
export type Questions = {
  readonly apps: () => Answer<readonly AppShown[]>;
  readonly devices: () => Answer<readonly DeviceShown[]>;
  readonly friends: () => Answer<FriendsShown>;
  readonly invites: () => Answer<readonly InviteShown[]>;
  readonly grants: () => Answer<readonly GrantShown[]>;
  readonly plugins: () => Answer<readonly PluginShown[]>;
  readonly connected: () => Answer<readonly ConnectedApp[]>;
  /** Undefined where there is no such invite. */
  readonly invite: (fragment: string) => Answer<InviteShown | undefined>;
  readonly nameStanding: (name: string) => Answer<NameStanding>;
};

/** What the user does. Most of it is confirmed in a prompt, which is not this page's. */
export type Acts = {
  readonly create: (name: string, everywhere: boolean) => Answer<void>;
  /** Asks who the user is, by all ways that there are. */
  readonly signIn: () => Answer<void>;
  readonly switchTo: (account: AccountName) => Answer<void>;
  readonly forget: (account: AccountName) => Answer<void>;
  readonly setEverywhere: (everywhere: boolean) => Answer<void>;
  readonly disconnect: (app: AccountName) => Answer<void>;
  /** `fragment` of the link that the new device shows. */
  readonly addDevice: (fragment: string) => Answer<void>;
  readonly addPasskey: () => Answer<void>;
  readonly makeRecoveryCode: () => Answer<void>;
  readonly renameDevice: (id: number, label: string) => Answer<void>;
  readonly removeDevice: (id: number) => Answer<void>;
  readonly endSessions: () => Answer<void>;
  readonly setFriends: (
    friends: readonly AccountName[],
    threshold: number,
    delayDays: number,
  ) => Answer<void>;
  readonly clearFriends: () => Answer<void>;
  readonly helpRecover: (fragment: string) => Answer<void>;
  readonly withdrawSupport: (account: AccountName) => Answer<void>;
  readonly vetoRecovery: () => Answer<void>;
  readonly finishRecovery: (account: AccountName) => Answer<void>;
  /** Gives the link. */
  readonly createInvite: (terms: InviteTerms) => Answer<string>;
  readonly revokeInvite: (key: string) => Answer<void>;
  /** Gives the address to go on at. */
  readonly acceptInvite: (fragment: string) => Answer<string>;
  /** Of something that was not sent before it failed; `id` is an unsent write's. */
  readonly retryWrite: (id: string) => Answer<void>;
  readonly dropWrite: (id: string) => Answer<void>;
  readonly revokeGrant: (caller: AccountName, callee: AccountName) => Answer<void>;
};

/** All that the pages know of the world. */
export type HomeSource = {
  readonly watchSession: (listener: Listener<Session>) => Stop;
  readonly watchNetwork: (listener: Listener<NetworkState>) => Stop;
  readonly watchUnsent: (listener: Listener<readonly UnsentWrite[]>) => Stop;
  /** Once it is connected; `unreachable` when it cannot be. */
  readonly ask: <Value>(question: (questions: Questions) => Answer<Value>) => Answer<Value>;
  readonly act: <Value>(act: (acts: Acts) => Answer<Value>) => Answer<Value>;
};
