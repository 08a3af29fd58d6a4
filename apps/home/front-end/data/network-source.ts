import type { Kith } from "@kith/sdk/connect";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";

import { actsOf } from "./acts.ts";
import { watchNetwork } from "./network-watch.ts";
import { questionsOf } from "./questions.ts";
import type { Acts, HomeSource, Listener, Questions, Session, UnsentWrite } from "./source.ts";
import { unsentOf } from "./unsent-of.ts";
import { Watchable } from "./watchable.ts";

type Connected = { readonly questions: Questions; readonly acts: Acts };

/** The network that this page came from. What is asked before it is connected waits for that. */
export class NetworkSource implements HomeSource {
  readonly #connecting: Promise<Connected | undefined>;
  readonly #session = new Watchable<Session>({ status: "unknown" });
  readonly #unsent = new Watchable<readonly UnsentWrite[]>([]);

  constructor(connecting: Promise<Kith>) {
    this.#connecting = connecting.then(
      (kith) => this.#connected(kith),
      () => {
        // The header says that the node does not answer.
        this.#session.set({ status: "out" });
        return undefined;
      },
    );
  }

  watchSession = (listener: Listener<Session>) => this.#session.watch(listener);
  watchUnsent = (listener: Listener<readonly UnsentWrite[]>) => this.#unsent.watch(listener);
  watchNetwork: HomeSource["watchNetwork"] = watchNetwork;

  ask: HomeSource["ask"] = async (question) => {
    const connected = await this.#connecting;
    return connected === undefined ? unreachable : question(connected.questions);
  };

  act: HomeSource["act"] = async (act) => {
    const connected = await this.#connecting;
    return connected === undefined ? unreachable : act(connected.acts);
  };

  #connected(kith: Kith): Connected {
    const look = (): void => void this.#look(kith);
    kith.onUser(look);
    kith.onWrites((writes) => this.#unsent.set(unsentOf(writes)));
    this.#unsent.set(unsentOf(kith.writes));
    look();
    return { questions: questionsOf(kith), acts: actsOf(kith, look) };
  }

  /** Who is signed in, and as whom else this browser could be used. */
  async #look(kith: Kith): Promise<void> {
    const { user } = kith;
    if (user === undefined) {
      this.#session.set({ status: "out" });
      return;
    }
    const accounts = kith.plugin(accountsPlugin);
    const [known, everywhere] = await Promise.all([accounts.known({}), accounts.everywhere({})]);
    if (kith.user !== user) return;
    this.#session.set({
      status: "in",
      account: user,
      accounts: known.ok ? known.value.value.map(({ account }) => account) : [user],
      everywhere: everywhere.ok && everywhere.value.value,
    });
  }
}

const unreachable = { ok: false, code: "unreachable" } as const;
