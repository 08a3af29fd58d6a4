import type { CDPSession, Page } from "playwright-core";

/** A passkey as an authenticator keeps it; its secrets for PRF stay where they are. */
export type Passkey = Awaited<ReturnType<Authenticator["passkeys"]>>[number];

/** The authenticator of a device, built in, which keeps passkeys and agrees at once. It belongs to the page and its frames. */
export class Authenticator {
  readonly #session: CDPSession;
  readonly #authenticatorId: string;

  private constructor(session: CDPSession, authenticatorId: string) {
    this.#session = session;
    this.#authenticatorId = authenticatorId;
  }

  static async add(page: Page): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Authenticator(session, authenticatorId);
  }

  async passkeys() {
    const authenticatorId = this.#authenticatorId;
    return (await this.#session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  }

  /** As a service that keeps passkeys in step between devices does. */
  async give(passkey: Passkey): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    await this.#session.send("WebAuthn.addCredential", { authenticatorId, credential: passkey });
  }

  /** Whether its owner is recognised when it asks for a finger or a face. */
  async recognise(isUserVerified: boolean): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    await this.#session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  }

  /** Whether anybody touches it; otherwise it waits. */
  async touch(enabled: boolean): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    await this.#session.send("WebAuthn.setAutomaticPresenceSimulation", {
      authenticatorId,
      enabled,
    });
  }
}
