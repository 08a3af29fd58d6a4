/** Everything that the pages say, in whole sentences: another language is another file like this. */

const plurals = new Intl.PluralRules("en");

function counted(count: number, one: string, other: string): string {
  return (plurals.select(count) === "one" ? one : other).replace("#", count.toLocaleString("en"));
}

export const texts = {
  pages: "Pages",
  apps: "Apps",
  account: "Account",
  devices: "Devices",
  friends: "Recovery by friends",
  invites: "Invitations",
  permissions: "Permissions",
  waiting: "Not sent yet",
  publish: "Publish an app",
  retry: "Try again",
  close: "Close",
  save: "Save",
  copy: "Copy",
  copied: "Copied",
  stale: "Catching up with the network",
  offline: "You are offline. This is what was known.",
  broken: "This part of the page failed. The rest still works.",
  signedOut: "Sign in to see this.",
  signIn: "Sign in",

  network: {
    looking: "Looking for the network",
    fine: "Up to date",
    away: "This node does not answer; trying again",
    offline: "You are offline",
  },

  appsLead: "What this community uses together",
  appsLoading: "Loading apps",
  appsEmpty: "There are no apps yet. Anybody can publish one.",

  welcome: "Choose a name, and you are in",
  welcomeLead:
    "No password, no address. The key stays on this device; you can add others later, and ways to get back in.",
  name: "Name",
  nameHint: "Small letters a to z, digits and single dashes",
  create: "Create account",
  haveAccount: "I have an account",
  everywhere: "Sign me in to every app that I open",
  everywhereHint: "Otherwise each app asks once",
  nameStanding: {
    free: undefined,
    taken: "Somebody has this name already.",
    reserved: "This name is not given to anybody.",
    short: "Shorter names are given by the owner of the network.",
    malformed: "1 to 10 letters a to z, digits and single dashes inside.",
  },

  accounts: "Accounts in this browser",
  current: "Signed in",
  switchTo: (account: string) => `Use ${account}`,
  forget: "Remove from this browser",
  accountActions: (account: string) => `Actions for ${account}`,
  otherAccount: "Use another account",
  connected: "Apps that know you",
  connectedLoading: "Loading apps that know you",
  connectedEmpty: "No app has asked who you are.",
  connectedAs: (account: string) => `as ${account}`,
  disconnect: "Sign out",

  devicesLead: "Each of these can act for you.",
  devicesLoading: "Loading devices",
  devicesEmpty: "There are no devices.",
  roles: { device: "Device", passkey: "Passkey", recovery: "Recovery code" },
  thisDevice: "This device",
  young: (date: string) => `New: it cannot change your other devices before ${date}.`,
  deviceActions: (label: string) => `Actions for ${label}`,
  rename: "Rename",
  renameTitle: "Rename this device",
  label: "Name of the device",
  remove: "Remove",
  addDevice: "Add a device",
  addDeviceLead:
    "On the new device open this address, choose to sign in, and let another device help. Then scan the code that it shows, or paste its link here.",
  addDeviceLabel: "Link from the new device",
  addDeviceWrong: "This is not a link from a new device.",
  add: "Add",
  addressOfHome: "Address of this page",
  addPasskey: "Add a passkey",
  passkeyHint: "Opens with your fingerprint, your face or a security key, also on a new device.",
  makeCode: "Print a recovery code",
  codeHint: "For a drawer: it lets you in when everything else is lost.",
  endSessions: "Sign out of all apps",
  endSessionsHint: "Everywhere, on all devices. They ask again.",

  friendsLead:
    "When all your devices are lost, people whom you trust can let a new one in. You have days to object.",
  friendsLoading: "Loading friends",
  friendsNames: "Names of your friends",
  friendsNamesHint: "Separate names by spaces",
  friendsWrong: (name: string) => `${name} is not a name.`,
  threshold: "How many have to agree",
  thresholdOf: (count: number) => counted(count, "# friend", "# friends"),
  delay: "How long you can object",
  days: (count: number) => counted(count, "# day", "# days"),
  saveFriends: "Save friends",
  clearFriends: "Have no friends for recovery",
  friendsSaved: "Saved.",
  recoveryTitle: (by: string) => `${by} wants to let a new device into your account`,
  recoveryReady: (date: string) => `It gets in on ${date} unless you object.`,
  recoveryCount: (agreed: number, needed: number) => `${agreed} of ${needed} friends agree.`,
  veto: "Stop it",
  asked: "Friends who need you",
  askedTitle: (account: string, device: string) => `${account} wants to get back in with ${device}`,
  withdraw: "Take back my word",
  finish: "Let them in now",
  helpLead:
    "A friend who has lost all devices shows you a link. Be sure that it is really them, best by seeing them.",
  helpLabel: "Link from your friend",
  help: "Help",

  invitesLead: "Whoever has the link can join. You pay for what newcomers do at first.",
  invitesLoading: "Loading invitations",
  invitesEmpty: "You have not invited anybody yet.",
  invite: "Invite",
  inviteInto: "Leads to",
  inviteHome: "The apps of this network",
  inviteUses: "For how many people",
  people: (count: number) => counted(count, "# person", "# people"),
  inviteDays: "How long it can be used",
  inviteMemo: "A word to whoever opens it",
  inviteMade: "This is the link. Send it, or let it be scanned.",
  inviteLink: "Link of the invitation",
  inviteQr: "The link of the invitation as a QR code",
  inviteStates: {
    open: "Open",
    expired: "Too old",
    "used-up": "Used up",
    revoked: "Taken back",
  },
  inviteUsed: (uses: number, max: number) => `${uses} of ${max} used`,
  inviteUntil: (date: string) => `until ${date}`,
  revoke: "Take back",

  invited: (inviter: string) => `${inviter} invites you`,
  invitedTo: (app: string) => `The invitation leads to ${app}.`,
  invitedMemo: "Their words",
  accept: "Join",
  invitationLoading: "Looking at the invitation",
  invitationUnknown: "There is no such invitation. Ask for a new link.",
  invitationOver: {
    expired: "This invitation is too old. Ask for a new link.",
    "used-up": "This invitation has been used. Ask for a new link.",
    revoked: "This invitation was taken back. Ask for a new link.",
  },

  permissionsLead: "What you have allowed apps to do in other apps, and what you have refused.",
  permissionsLoading: "Loading permissions",
  permissionsEmpty: "You have not been asked for anything yet.",
  grant: (caller: string, callee: string) => `${caller} uses ${callee}`,
  answers: {
    session: "Allowed until the browser is closed",
    always: "Always allowed",
    never: "Always refused",
  },
  levels: {
    low: "ordinary things",
    medium: "things that matter",
    high: "things that cannot be undone",
    max: "everything",
  },
  revokeGrant: "Ask me again",

  waitingLead: "What you did without network is signed and kept here, and sent when there is one.",
  waitingEmpty: "Everything has been sent.",
  waitingCount: (count: number) =>
    counted(count, "One thing is not sent yet", "# things are not sent yet"),
  states: { queued: "Waiting for the network", sending: "Sending", failed: "Not done" },
  inApp: (app: string) => `in ${app}`,

  publishLead: "Choose a name. It becomes the app's address:",
  publishRule: "1 to 10 letters a to z, digits and single dashes",
  publishRun: "Then run these in the folder where you have Kith.",
  publishSteps: {
    key: "Make your key, once. It stays in a file that only you can read.",
    account: "Make the account.",
    publish: "Publish the folder that your front-end is built into.",
  },
  publishAgain:
    "Run the last command again after each build. Only what changed is sent, and an interrupted upload goes on where it stopped.",
  details: "Details",
  facts: {
    chain: "Network",
    decided: "Last decision",
    height: "Final height",
    root: "State root",
  },
} as const;

/** Why something was not done, by the code that the network or a plugin gave. */
const reasons: Readonly<Record<string, string>> = {
  unreachable: "The network does not answer. Nothing is lost; try again later.",
  "permission-denied": "It was not allowed.",
  "account-exists": "Somebody has this name already.",
  "name-taken": "Somebody has this name already.",
  "key-young": "This device is too new for that. Use an older one.",
  "account-unknown": "There is no account of that name.",
  "too-many-invites": "There are too many open invitations. Take one back first.",
  "link-malformed": "This link is damaged. Ask for a new one.",
  "path-malformed": "This link is damaged. Ask for a new one.",
  "registration-closed": "New people come by invitation here.",
};

export function reasonOf(code: string): string {
  return reasons[code] ?? "It was not done. Nothing has changed; try again.";
}
