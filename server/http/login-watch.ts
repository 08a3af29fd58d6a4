import type { BlockEvent, ChangeSource } from "@kith/changes/change-source";
import type { ChangeStream } from "@kith/changes/change-stream";
import { object } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec, accountNameConstant } from "@kith/protocol/names";

import { isLoginError } from "./login-message.ts";
import type { LoginPort } from "./login-port.ts";
import { userOf, type Login } from "./request-user.ts";

/** A stream in somebody's name. */
export type NamedStream = {
  readonly stream: ChangeStream;
  readonly login: Login;
  readonly service: AccountName;
  readonly user: AccountName;
};

type WatchPort = {
  readonly logins: LoginPort;
  readonly changes: Pick<ChangeSource, "onBlock">;
  readonly recheckMs: number;
};

/**
 * Ends streams whose tokens do not count any more; their clients come back with others. It is looked at once in a while, for a token
 * may end for many reasons, and at once when a block says that somebody has ended sessions or lost a key (decision 0178).
 */
export class LoginWatch {
  readonly #port: WatchPort;
  readonly #watched = new Set<NamedStream>();
  #stopListening: (() => void) | undefined;

  constructor(port: WatchPort) {
    this.#port = port;
  }

  add(named: NamedStream): void {
    this.#watched.add(named);
    this.#stopListening ??= this.#port.changes.onBlock(({ events }) => {
      const users = new Set(events.flatMap(endedFor));
      for (const each of this.#watched) if (users.has(each.user)) void this.#look(each);
    });
    this.#lookLater(named);
  }

  #lookLater(named: NamedStream): void {
    setTimeout(() => {
      void this.#look(named).then(() => {
        if (this.#watched.has(named)) this.#lookLater(named);
      });
    }, this.#port.recheckMs);
  }

  async #look(named: NamedStream): Promise<void> {
    const { stream, login, service } = named;
    if (!stream.isOver) {
      const user = await userOf(this.#port.logins, login, service);
      const isOver = user.ok ? user.value === undefined : isLoginError(user.error);
      if (isOver) stream.close();
    }
    if (stream.isOver) this.#remove(named);
  }

  #remove(named: NamedStream): void {
    this.#watched.delete(named);
    if (this.#watched.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}

const authKeys = accountNameConstant("auth-keys");
/** The event begins so; what follows does not matter here. */
const ofAccount = object({ account: accountCodec });

function endedFor({ service, name, data }: BlockEvent): readonly AccountName[] {
  if (service !== authKeys || name !== "sessionsEnded") return [];
  const read = ofAccount.unpack(data);
  return read.ok ? [read.value.account] : [];
}
