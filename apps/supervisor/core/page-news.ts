import type { AccountName, BlockId } from "@kith/protocol/ids";
import type { FrameMessage, WriteState } from "@kith/sdk/connect/page-messages";

type NewsPort = {
  readonly tell: (message: FrameMessage) => void;
  /** The root host with its port. */
  readonly root: string;
  readonly network: () => Promise<BlockId>;
  /** Who is signed in to the page's app. */
  readonly user: () => Promise<AccountName | undefined>;
  /** What somebody may see here. */
  readonly writesFor: (user: AccountName | undefined) => Promise<readonly WriteState[]>;
};

/** What a page hears without having asked: who its user is, and what waits in that user's name. */
export class PageNews {
  readonly #port: NewsPort;
  #greeted: Promise<void> = Promise.resolve();

  constructor(port: NewsPort) {
    this.#port = port;
  }

  /** In one piece: whoever is connected knows what waits, and nobody's writes are shown as another user's. In their order. */
  greet(): Promise<void> {
    const greeting = this.#greeted.then(() => this.#greet());
    this.#greeted = greeting.catch(() => undefined);
    return greeting;
  }

  /** Whoever then hears that a call is done, such as a sign-in, finds its page as the call has left it. */
  caughtUp(): Promise<void> {
    return this.#greeted;
  }

  async #greet(): Promise<void> {
    const { tell, root } = this.#port;
    const network = await this.#port.network();
    const { user, writes } = await this.#ofUser();
    tell({ ready: { network, root, writes, ...(user === undefined ? {} : { user }) } });
  }

  async tellWrites(): Promise<void> {
    const { writes } = await this.#ofUser();
    this.#port.tell({ writes: { writes } });
  }

  async #ofUser() {
    const user = await this.#port.user();
    return { user, writes: await this.#port.writesFor(user) };
  }
}
