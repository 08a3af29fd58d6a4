import type { Page } from "playwright-core";

import { Authenticator, type Passkey } from "./authenticator.ts";
import type { Person } from "./person.ts";

/** Whoever has this browser in hand, with an authenticator that goes along into each window. */
export class PasskeyHolder {
  passkeys: readonly Passkey[] = [];
  isWilling = true;
  readonly #open = new Map<Page, Authenticator>();

  static async meet({ context }: Person): Promise<PasskeyHolder> {
    const holder = new PasskeyHolder();
    await context.exposeBinding("authenticatorIsThere", ({ page }) => holder.#add(page));
    await context.exposeBinding("authenticatorIsDone", ({ page }) => holder.#keep(page));
    await context.addInitScript(waitForAuthenticator);
    return holder;
  }

  /** False for somebody who turns away from what the browser asks then. */
  async #add(page: Page): Promise<boolean> {
    const authenticator = this.#open.get(page) ?? (await Authenticator.add(page));
    if (!this.#open.has(page)) for (const each of this.passkeys) await authenticator.give(each);
    this.#open.set(page, authenticator);
    return this.isWilling;
  }

  async #keep(page: Page): Promise<void> {
    this.passkeys = (await this.#open.get(page)?.passkeys()) ?? this.passkeys;
  }
}

declare function authenticatorIsThere(): Promise<boolean>;
declare function authenticatorIsDone(): Promise<void>;

/** Runs in each window before anything else: a ceremony begins when the test has put the authenticator there. */
function waitForAuthenticator(): void {
  if (location.pathname !== "/passkey.html") return;
  for (const name of ["create", "get"] as const) {
    const original = Reflect.get(navigator.credentials, name);
    Reflect.set(navigator.credentials, name, async (options: object) => {
      const isWilling = await authenticatorIsThere();
      if (!isWilling) throw new DOMException("turned away", "NotAllowedError");
      const credential: unknown = await Reflect.apply(original, navigator.credentials, [options]);
      await authenticatorIsDone();
      return credential;
    });
  }
}
