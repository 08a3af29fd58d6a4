import type { AccountName } from "@kith/protocol/ids";
import { parseWebAuthnClaim } from "@kith/protocol/webauthn";
import type { ChosenPasskey } from "@kith/sdk/plugin-host";

import type { PasskeyTask } from "../passkeys/passkey-task.ts";
import { Failure } from "./failure.ts";
import type { Prompts } from "./prompts.ts";

/**
 * Passkeys of this browser's authenticators, as the frame has them used: in a window at the top, because what authenticators
 * sign inside of a foreign page says so, and nobody takes it (decision 0192).
 */
export class Passkeys {
  readonly #networkName: string;
  readonly #prompts: Pick<Prompts, "askWindow">;

  constructor(networkName: string, prompts: Pick<Prompts, "askWindow">) {
    this.#networkName = networkName;
    this.#prompts = prompts;
  }

  /** The packed claim of a new one, whose user handle is the account. */
  create(account: AccountName, app: string): Promise<Uint8Array> {
    return this.#ask({ kind: "create", account, networkName: this.#networkName }, app);
  }

  /** A packed proof that this claim's passkey agrees to the message. */
  async prove(claim: Uint8Array, message: Uint8Array, app: string): Promise<Uint8Array> {
    if (parseWebAuthnClaim(claim) === undefined) {
      throw new Failure("passkey-malformed", "this is not the claim of a passkey");
    }
    return this.#ask({ kind: "prove", message }, app);
  }

  /** A passkey that the user chooses, with a proof for a message that is made up there. */
  choose(app: string): Promise<ChosenPasskey> {
    return this.#ask({ kind: "choose" }, app);
  }

  #ask<Value>(task: PasskeyTask, app: string): Promise<Value> {
    const purpose = task.kind === "create" ? "create-passkey" : "use-passkey";
    const dismissed = "passkey-dismissed";
    return this.#prompts.askWindow<Value>({ path: "/passkey.html", task, purpose, dismissed }, app);
  }
}
