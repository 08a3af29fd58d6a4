import type { AccountName } from "@kith/protocol/ids";
import { makeLoginToken, type MadeLoginToken } from "@kith/sdk/login-token";

import type { DeviceKeys } from "./keys.ts";
import type { Network } from "./network.ts";
import type { Sessions } from "./sessions.ts";

/** A token is replaced when it has less than this to live. */
const restMsMin = 60_000;

type TokensPort = {
  readonly sessions: Sessions;
  readonly keys: DeviceKeys;
  readonly network: Network;
};

/** Shows an app's own service who asks: a token for this app alone, which no page ever sees. */
export class Tokens {
  readonly #port: TokensPort;
  readonly #made = new Map<AccountName, MadeLoginToken & { readonly user: AccountName }>();

  constructor(port: TokensPort) {
    this.#port = port;
  }

  /** For `authorization`; undefined when nobody is signed in to the app. */
  async bearerFor(app: AccountName): Promise<string | undefined> {
    const { sessions } = this.#port;
    const user = await sessions.userOf(app);
    if (user === undefined) return undefined;
    const known = this.#made.get(app);
    const isGood = known?.user === user && known.expiresAtMs - Date.now() > restMsMin;
    const { text } = isGood ? known : await this.#make(app, user);
    return `Bearer ${text}`;
  }

  async #make(app: AccountName, user: AccountName): Promise<MadeLoginToken> {
    const { sessions, keys, network } = this.#port;
    const [publicKey, chain] = await Promise.all([sessions.keyOf(user), network.id()]);
    const made = await makeLoginToken(
      { subject: user, audience: app, chain, nowMs: Date.now() },
      { publicKey, sign: (message) => keys.sign(publicKey, message) },
    );
    this.#made.set(app, { ...made, user });
    return made;
  }
}
