import type { ConfirmedAct, SignInProblem } from "@kith/sdk/plugins/prompt-kinds";

/** All that prompts say, in whole sentences: names are put in, and nothing else. */

export const commonTexts = {
  notNow: "Not now",
  details: "Details",
  moment: "One moment",
  asked: (root: string, app: string): string => `${root} asks, while you are in ${app}`,
  covered:
    "Something covers this question. It can be answered here only when all of it can be seen.",
  ownWindow: "Answer in a window of its own",
  inWindow: "Go on in the window that has opened.",
  blocked: "Your browser has not opened the window. Press the button to open it.",
  openAgain: "Open it again",
};

/** Whose permission is asked for what. */
export const permissionTexts = {
  ofApp: (caller: string, callee: string, user: string): string =>
    `${caller} asks to use ${callee} in your name, ${user}.`,
  ofAppUnknown: (caller: string, callee: string): string =>
    `${caller} asks to use ${callee} in this browser.`,
  ofPlugin: (caller: string, callee: string, app: string, user: string): string =>
    `${caller}, which ${app} uses, asks to use ${callee} in your name, ${user}.`,
  ofPluginUnknown: (caller: string, callee: string, app: string): string =>
    `${caller}, which ${app} uses, asks to use ${callee} in this browser.`,
  low: (callee: string): string => `It gets to see or do small things in ${callee}.`,
  medium: (callee: string): string => `It gets to see and change things of yours in ${callee}.`,
  high: (callee: string): string =>
    `It gets to do things in ${callee} that matter, and may be hard to undo.`,
  remember: "How long",
  once: "This time",
  session: "Until I close this tab",
  always: "Always",
  allow: "Allow",
  never: "Never allow this",
  wanted: "What it wants to do",
  described: (callee: string): string => `What ${callee} says about it`,
  page: "On the page of",
};

export const signInTexts = {
  title: (app: string): string => `Who are you in ${app}?`,
  invited: (inviter: string, app: string): string => `${inviter} invites you to ${app}.`,
  accounts: "In this browser",
  continueAs: (account: string): string => `Continue as ${account}`,
  fresh: "I am new here",
  name: "Choose a name",
  nameHint: (min: number, max: number): string =>
    `${min} to ${max} small letters or digits. Others see it, and it stays.`,
  nameWrong: "A name has small letters and digits, and single hyphens between them.",
  nameShort: (min: number): string =>
    `Names that are free for everybody have ${min} characters or more.`,
  everywhere: "Sign me in to every app that I open",
  begin: "Begin",
  closed: "New people come in by an invitation here.",
  others: "I have an account already",
  passkey: "Use a passkey",
  code: "Use a recovery code",
  device: "Let another device of mine add this browser",
  friends: "Let friends help me in",
  waitingFor: (account: string): string => `Go on waiting for ${account}`,
  account: "Your account's name",
  show: "Show the link",
  back: "Back",
  problems: {
    taken: (name: string): string => `${name} is taken. Choose another name.`,
    reserved: (name: string): string => `${name} is kept for the system. Choose another name.`,
    short: (name: string): string => `${name} is short, and short names are given by hand here.`,
    "no-passkey": (name: string): string =>
      `That passkey no longer belongs to ${name}. Use another one, or another way.`,
    unknown: (name: string): string => `There is no account ${name} here.`,
  } satisfies Readonly<Record<SignInProblem["reason"], (name: string) => string>>,
};

export const connectTexts = {
  title: (app: string): string => `${app} asks who you are.`,
  about: "It learns your name, and acts in your name with its own service.",
  another: "Another account",
};

export const deviceTexts = {
  showTitle: (account: string): string => `Let this browser into ${account}`,
  showOwn: (account: string): string =>
    `Open this link where you are signed in as ${account}, and type the code there.`,
  showFriends: (account: string): string =>
    `Send this link to a friend of ${account}, and tell the code by voice.`,
  qr: "The link as a code for cameras",
  copy: "Copy the link",
  copied: "Copied",
  code: "Code",
  waiting: "Waiting to be let in",
  still: "Not yet. This goes on by itself.",
  look: "Look now",
  confirmOwn: (account: string): string => `Let another device into your account ${account}?`,
  confirmFriends: (account: string): string => `Help ${account} to get back in?`,
  ownAbout:
    "Type the code that the other device shows. Whoever holds that device can then act as you.",
  friendsAbout: (account: string): string =>
    `Ask ${account} by voice for the code. Somebody else may have sent you the link.`,
  typed: "The code on the other device",
  wrong: "That is another code. Look again, and type it once more.",
  label: "What to call that device",
  letIn: "Let it in",
  help: "Help",
};

export const recoveryTexts = {
  title: (account: string): string => `The recovery code of ${account}`,
  about: "Write it down or print it, and keep it with your papers. It is shown this once.",
  warning: (account: string): string => `Whoever has this code can become ${account}.`,
  print: "Print",
  kept: "I have it on paper",
  enterTitle: "Come back with your recovery code",
  account: "Your account's name",
  code: "The code on your paper",
  codeHint: "Five groups of five; small or large letters are the same.",
  enter: "Come in",
  problems: {
    malformed: "This code has a slip in it, or is for another account. Compare it with your paper.",
    unknown: "This code does not open the account. It may have been removed.",
  },
};

export const confirmTexts: {
  readonly titles: Readonly<Record<ConfirmedAct, string>>;
  readonly verbs: Readonly<Record<ConfirmedAct, string>>;
  readonly user: (user: string) => string;
} = {
  titles: {
    "remove-device": "Remove this device?",
    "set-friends": "Let these friends help you back in?",
    "clear-friends": "Do without the help of friends?",
    "veto-recovery": "Stop this recovery?",
    "forget-account": "Remove this account from this browser?",
    "join-app": "Join?",
  },
  verbs: {
    "remove-device": "Remove",
    "set-friends": "Let them",
    "clear-friends": "Do without",
    "veto-recovery": "Stop it",
    "forget-account": "Remove",
    "join-app": "Join",
  },
  user: (user) => `In your name, ${user}`,
};

/** What a window of its own is opened for. */
export const windowTexts = {
  "create-passkey": "Make a passkey",
  "use-passkey": "Use your passkey",
  prompt: (app: string): string => `${app} asks you something.`,
  passkeyAbout: "Your device asks in a window of its own, which no app can cover.",
  promptAbout: "It is asked in a window of its own, which no app can cover.",
  open: "Open the window",
  passkeyTitle: "Your device is about to ask you",
  failed: "No passkey was given.",
  again: "Try again",
  close: "Close",
  nothing: "Nothing is asked here. You can close this window.",
};
