import type { AccountName } from "@kith/protocol/ids";

import {
  account,
  either,
  flag,
  listOf,
  maybe,
  oneOf,
  parseShaped,
  record,
  text,
  whole,
  type Shape,
} from "./json-shape.ts";

/**
 * All that users are ever asked, in one place: what the question shows, and what can be answered. Both travel as JSON between
 * plugins and the supervisor's page, and neither side believes the other: what does not fit is refused. Turning away is no
 * answer; the question ends with `prompt-dismissed`.
 */
export type PromptDetails = {
  /** `caller` wants to call a function of the plugin of `callee`. */
  readonly permission: {
    readonly caller: AccountName;
    readonly callee: AccountName;
    /** The function, and what its author says about it. */
    readonly called: string;
    readonly doc?: string;
    readonly level: "low" | "medium" | "high";
    /** The app whose page this is, and on whose behalf it would happen. */
    readonly app: AccountName;
    readonly user?: AccountName;
  };
  /** Nobody who uses this browser is known to the app yet, or somebody wants to be somebody else. */
  readonly "sign-in": {
    readonly app: AccountName;
    /** Those that this browser has keys of. */
    readonly accounts: readonly AccountName[];
    /** Accounts that wait until another device, or friends, have let this browser in. */
    readonly waiting: readonly AccountName[];
    /** Left out: new accounts are made by the owner of the network, and by invites. */
    readonly names?: NameRules;
    readonly invite?: InviteShown;
    readonly problem?: SignInProblem;
  };
  /** An app wants to know who uses it, and this browser has accounts. */
  readonly connect: {
    readonly app: AccountName;
    /** The one that was used last comes first. */
    readonly accounts: readonly AccountName[];
  };
  readonly "add-device":
    | {
        /** On the new device: the link, as text and QR code, and the code to type on the old one. */
        readonly step: "show";
        readonly account: AccountName;
        /** Without the scheme, as pages may link: `//home.example.org/#add=...`. */
        readonly link: string;
        readonly code: string;
        readonly helpers: "devices" | "friends";
        /** It was looked, and the key has not been added yet. */
        readonly isStillWaiting: boolean;
      }
    | {
        /** On the old device, or a friend's: asks for the code that the new one shows. */
        readonly step: "confirm";
        readonly account: AccountName;
        /** What the new device calls itself. */
        readonly label: string;
        readonly helpers: "devices" | "friends";
        readonly isWrong: boolean;
      };
  /** Shown once, to be printed. */
  readonly "recovery-code": { readonly account: AccountName; readonly code: string };
  readonly "enter-recovery-code": {
    /** What was wrong with the code that was entered before. */
    readonly problem?: "malformed" | "unknown";
  };
  /** A sensitive act. */
  readonly confirm: {
    readonly act: ConfirmedAct;
    /** Whose it is. */
    readonly user?: AccountName;
    /** What happens, in one sentence. */
    readonly sentence: string;
  };
};

export type PromptAnswers = {
  readonly permission: { readonly answer: "once" | "session" | "always" | "never" };
  readonly "sign-in":
    | { readonly answer: "account"; readonly account: AccountName }
    | (Place & {
        readonly answer: "new";
        readonly name: AccountName;
        /** Sign me in to every app that I open. */
        readonly everywhere: boolean;
      })
    | (Place & { readonly answer: "passkey" })
    | { readonly answer: "recovery-code" }
    /** Let another device, or friends, add this browser. */
    | (Place & {
        readonly answer: "link";
        readonly account: AccountName;
        readonly helpers: "devices" | "friends";
      });
  readonly connect:
    | { readonly answer: "account"; readonly account: AccountName; readonly everywhere: boolean }
    /** Another account than these. */
    | { readonly answer: "other" };
  readonly "add-device":
    /** On the new device: look whether the key has been added. A page may answer so by itself every few seconds. */
    | { readonly answer: "look" }
    /** On the old device: what was typed, and what to call the new one. */
    | { readonly answer: "code"; readonly code: string; readonly label: string };
  readonly "recovery-code": { readonly answer: "kept" };
  readonly "enter-recovery-code": Place & {
    readonly account: AccountName;
    readonly code: string;
  };
  readonly confirm: { readonly answer: "yes" };
};

/** What this browser is to be called among an account's devices: "Firefox on Linux". */
type Place = { readonly device: string };

export type NameRules = {
  /** Shorter names are not free for everybody. */
  readonly charsMin: number;
  readonly charsMax: number;
};

export type InviteShown = {
  readonly inviter: AccountName;
  readonly app: AccountName;
  readonly memo: string;
};

/** Why the question comes again. `unknown`: there is no such account, or none that could let a device in. */
export type SignInProblem = {
  readonly name: AccountName;
  readonly reason: "taken" | "reserved" | "short" | "no-passkey" | "unknown";
};

export type ConfirmedAct =
  | "remove-device"
  | "set-friends"
  | "clear-friends"
  | "veto-recovery"
  | "forget-account"
  | "join-app";

export type PromptKind = keyof PromptDetails;

const device = text(40, 1);
const helpers = oneOf("devices", "friends");
const accountsMax = 100;
const wordsMax = 500;

const shapes: {
  readonly [Kind in PromptKind]: {
    readonly details: Shape<PromptDetails[Kind]>;
    readonly answer: Shape<PromptAnswers[Kind]>;
  };
} = {
  permission: {
    details: record({
      caller: account,
      callee: account,
      called: text(100),
      doc: maybe(text(wordsMax)),
      level: oneOf("low", "medium", "high"),
      app: account,
      user: maybe(account),
    }),
    answer: record({ answer: oneOf("once", "session", "always", "never") }),
  },
  "sign-in": {
    details: record({
      app: account,
      accounts: listOf(account, accountsMax),
      waiting: listOf(account, accountsMax),
      names: maybe(record({ charsMin: whole(10), charsMax: whole(10) })),
      invite: maybe(record({ inviter: account, app: account, memo: text(140) })),
      problem: maybe(
        record({
          name: account,
          reason: oneOf("taken", "reserved", "short", "no-passkey", "unknown"),
        }),
      ),
    }),
    answer: either(
      record({ answer: oneOf("account"), account }),
      record({ answer: oneOf("new"), name: account, device, everywhere: flag }),
      record({ answer: oneOf("passkey"), device }),
      record({ answer: oneOf("recovery-code") }),
      record({ answer: oneOf("link"), account, device, helpers }),
    ),
  },
  connect: {
    details: record({ app: account, accounts: listOf(account, accountsMax) }),
    answer: either(
      record({ answer: oneOf("account"), account, everywhere: flag }),
      record({ answer: oneOf("other") }),
    ),
  },
  "add-device": {
    details: either(
      record({
        step: oneOf("show"),
        account,
        link: text(400),
        code: text(20),
        helpers,
        isStillWaiting: flag,
      }),
      record({ step: oneOf("confirm"), account, label: device, helpers, isWrong: flag }),
    ),
    answer: either(
      record({ answer: oneOf("look") }),
      record({ answer: oneOf("code"), code: text(40), label: device }),
    ),
  },
  "recovery-code": {
    details: record({ account, code: text(60) }),
    answer: record({ answer: oneOf("kept") }),
  },
  "enter-recovery-code": {
    details: record({ problem: maybe(oneOf("malformed", "unknown")) }),
    answer: record({ account, code: text(100), device }),
  },
  confirm: {
    details: record({
      act: oneOf(
        "remove-device",
        "set-friends",
        "clear-friends",
        "veto-recovery",
        "forget-account",
        "join-app",
      ),
      user: maybe(account),
      sentence: text(wordsMax),
    }),
    answer: record({ answer: oneOf("yes") }),
  },
};

export function isPromptKind(kind: string): kind is PromptKind {
  return Object.hasOwn(shapes, kind);
}

/** For whoever draws the question. Undefined for what is none. */
export function parsePromptDetails<Kind extends PromptKind>(
  kind: Kind,
  json: string,
): PromptDetails[Kind] | undefined {
  return parseShaped<PromptDetails[Kind]>(shapes[kind].details, json);
}

/** For whoever asked. Undefined for what is no answer to it. */
export function parsePromptAnswer<Kind extends PromptKind>(
  kind: Kind,
  json: string,
): PromptAnswers[Kind] | undefined {
  return parseShaped<PromptAnswers[Kind]>(shapes[kind].answer, json);
}
