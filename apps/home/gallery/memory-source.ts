import { accountNameConstant, type AccountName } from "@kith/sdk/types";

import type {
  Acts,
  DeviceShown,
  FriendsShown,
  GrantShown,
  HomeSource,
  InviteShown,
  Listener,
  NetworkState,
  Outcome,
  Questions,
  Session,
  UnsentWrite,
} from "../front-end/data/source.ts";
import { Watchable } from "../front-end/data/watchable.ts";

const dayMs = 24 * 3600 * 1000;
const now = Date.now();
const named = accountNameConstant;

/** A home in the memory of the page, which behaves as one on a network does: answers take time, and acts change them. */
export class MemorySource implements HomeSource {
  /** The code with which everything fails, if it does. */
  fails: string | undefined;
  readonly session = new Watchable<Session>({ status: "out" });
  readonly network = new Watchable<NetworkState>({
    status: "fine",
    host: "kith.localhost:8080",
    chain: "00000001".repeat(8),
    height: 1234,
    stateRoot: "ab".repeat(32),
    decidedAt: now,
  });
  readonly unsent = new Watchable<readonly UnsentWrite[]>([]);
  #devices: readonly DeviceShown[] = [
    { id: 1, isThis: true, role: "device", label: "Firefox on Linux", addedAt: now - 90 * dayMs },
    {
      id: 2,
      isThis: false,
      role: "device",
      label: "Chrome on Android",
      addedAt: now - dayMs,
      youngUntil: now + 2 * dayMs,
    },
    { id: 3, isThis: false, role: "passkey", label: "Security key", addedAt: now - 30 * dayMs },
  ];
  #friends: FriendsShown = { friends: [], threshold: 1, delayDays: 3, asked: [] };
  #invites: readonly InviteShown[] = [];
  #grants: readonly GrantShown[] = [
    {
      caller: named("board"),
      callee: named("tokens"),
      level: "medium",
      answer: "always",
      since: now,
    },
  ];
  #connected = [{ app: named("board"), account: named("alice") }];

  watchSession = (listener: Listener<Session>) => this.session.watch(listener);
  watchNetwork = (listener: Listener<NetworkState>) => this.network.watch(listener);
  watchUnsent = (listener: Listener<readonly UnsentWrite[]>) => this.unsent.watch(listener);

  ask: HomeSource["ask"] = async (question) => {
    await pause();
    return this.fails === undefined ? question(this.#questions) : { ok: false, code: this.fails };
  };

  act: HomeSource["act"] = async (act) => {
    await pause();
    return this.fails === undefined ? act(this.#acts) : { ok: false, code: this.fails };
  };

  /** As if a friend had begun to let somebody in. */
  recoverAs(startedBy: string): void {
    const agreed = [named(startedBy)];
    const account = named("alice");
    const recovery = { account, device: "Chrome on Windows", supporters: agreed, threshold: 2 };
    this.#friends = { ...this.#friends, recovery: { ...recovery, startedBy: named(startedBy) } };
  }

  enter(account: AccountName): void {
    const { value } = this.session;
    const before = value.status === "in" ? value.accounts : [];
    const accounts = [...new Set([...before, account])];
    this.session.set({ status: "in", account, accounts, everywhere: true });
  }

  readonly #questions: Questions = {
    apps: async () =>
      done(
        [
          ["board", "What this community talks about"],
          [
            "festival",
            "Who plays when and where, who brings what, and how we share the work of three days",
          ],
          ["garden", ""],
        ].map(([account = "", description = ""]) => {
          const url = `//${account}.kith.localhost:8080/`;
          return { account: named(account), description, version: "1.0.0", url };
        }),
      ),
    devices: async () => done(this.#devices),
    friends: async () => done(this.#friends),
    invites: async () => done(this.#invites),
    grants: async () => done(this.#grants),
    plugins: async () =>
      done([
        {
          account: named("board"),
          doc: "Puts what other apps share on the board.",
          uses: ["clientdata", "transact"],
          functions: [
            {
              name: "share",
              takes: "title: text, text: text",
              gives: undefined,
              trust: "medium",
              doc: "Starts a thread in your name.",
            },
            {
              name: "newest",
              takes: "limit: number",
              gives: "list of (id: number, title: text)",
              trust: "none",
              doc: undefined,
            },
          ],
        },
      ]),
    connected: async () => done(this.#connected),
    invite: async (fragment) => done(invites.get(fragment)),
    nameStanding: async (name) =>
      done(name === "bob" ? "taken" : name.length < 4 ? "short" : "free"),
  };

  readonly #acts: Acts = {
    create: async (name) => done(this.enter(named(name))),
    signIn: async () =>
      done(this.enter(this.session.value.status === "in" ? named("bob") : named("alice"))),
    switchTo: async (account) => done(this.enter(account)),
    forget: async (forgotten) => {
      const { value } = this.session;
      if (value.status !== "in") return done(undefined);
      const accounts = value.accounts.filter((account) => account !== forgotten);
      const [next] = accounts;
      const account = value.account === forgotten ? next : value.account;
      if (account === undefined) this.session.set({ status: "out" });
      else this.session.set({ ...value, account, accounts });
      return done(undefined);
    },
    setEverywhere: async (everywhere) => {
      const { value } = this.session;
      if (value.status === "in") this.session.set({ ...value, everywhere });
      return done(undefined);
    },
    disconnect: async (app) => {
      this.#connected = this.#connected.filter((each) => each.app !== app);
      return done(undefined);
    },
    addDevice: async () => this.#addKey("device", "Safari on iPhone"),
    addPasskey: async () => this.#addKey("passkey", "Firefox on Linux"),
    makeRecoveryCode: async () => this.#addKey("recovery", "Recovery code"),
    renameDevice: async (id, label) => {
      this.#devices = this.#devices.map((each) => (each.id === id ? { ...each, label } : each));
      return done(undefined);
    },
    removeDevice: async (id) => {
      this.#devices = this.#devices.filter((each) => each.id !== id);
      return done(undefined);
    },
    endSessions: async () => done(undefined),
    setFriends: async (friends, threshold, delayDays) => {
      this.#friends = { ...this.#friends, friends, threshold, delayDays };
      return done(undefined);
    },
    clearFriends: async () => {
      this.#friends = { ...this.#friends, friends: [], threshold: 1 };
      return done(undefined);
    },
    helpRecover: async () => done(undefined),
    withdrawSupport: async () => done(undefined),
    vetoRecovery: async () => {
      const { recovery: _over, ...rest } = this.#friends;
      this.#friends = rest;
      return done(undefined);
    },
    finishRecovery: async () => done(undefined),
    createInvite: async ({ app, uses, days, memo }) => {
      const key = `key-${this.#invites.length}`;
      const link = `//home.kith.localhost:8080/invite#${key}`;
      const terms = { app, usesMax: uses, uses: 0, memo, expiresAt: now + days * dayMs };
      const made = { key, inviter: named("alice"), ...terms, state: "open" as const, link };
      this.#invites = [made, ...this.#invites];
      return done(link);
    },
    revokeInvite: async (key) => {
      this.#invites = this.#invites.map((each) =>
        each.key === key ? { ...each, state: "revoked" as const } : each,
      );
      return done(undefined);
    },
    acceptInvite: async () => {
      this.enter(named("carol"));
      return done("/?accepted");
    },
    retryWrite: async (id) => done(this.#change(id, "queued")),
    dropWrite: async (id) => done(this.#change(id, undefined)),
    revokeGrant: async (caller, callee) => {
      this.#grants = this.#grants.filter(
        (each) => each.caller !== caller || each.callee !== callee,
      );
      return done(undefined);
    },
  };

  #change(id: string, state: UnsentWrite["state"] | undefined): void {
    const all = this.unsent.value.flatMap((each) => {
      if (each.id !== id) return [each];
      return state === undefined ? [] : [{ ...each, state }];
    });
    this.unsent.set(all);
  }

  async #addKey(role: DeviceShown["role"], label: string): Promise<Outcome> {
    const id = this.#devices.length + 1;
    this.#devices = [...this.#devices, { id, isThis: false, role, label, addedAt: Date.now() }];
    return done(undefined);
  }
}

/** By what stands behind the `#` of the link. */
const invites = new Map<string, InviteShown>(
  (["open", "expired", "used-up", "revoked"] as const).map((state) => [
    state,
    {
      key: state,
      inviter: named("bob"),
      app: named("board"),
      expiresAt: now + dayMs,
      uses: 0,
      usesMax: 1,
      memo: "Come and see what we are up to.",
      state,
    },
  ]),
);

function done<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
}
