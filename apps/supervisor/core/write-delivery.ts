import type { WriteRow } from "./database.ts";
import type { Nodes } from "./nodes.ts";
import { isExecutedElsewhere, outcomeOf, type Outcome } from "./outcome.ts";
import type { WriteStore } from "./write-store.ts";

type DeliveryPort = {
  readonly nodes: Pick<Nodes, "fetch">;
  readonly store: WriteStore;
  /** Carries out what was to count when it is final. */
  readonly apply: (write: WriteRow) => Promise<void>;
  /** Undoes what was made for a write that will not count. */
  readonly discard: (write: WriteRow) => Promise<void>;
  readonly onChange: () => void;
};

const octets = "application/octet-stream";

/** Takes one write to the network, and writes down what came of it. Twice is as good as once: the network executes an id at most once. */
export class WriteDelivery {
  readonly #port: DeliveryPort;

  constructor(port: DeliveryPort) {
    this.#port = port;
  }

  /** `isHeard` says at the end whether somebody waits for the outcome: a failure that nobody hears of stays until it is dropped. */
  async deliver(write: WriteRow, isHeard: () => boolean): Promise<Outcome> {
    const outcome = await this.#push(write);
    await this.#settle(write, outcome, isHeard());
    this.#port.onChange();
    return outcome;
  }

  /** Carries out what a page has left that was closed at the wrong moment. */
  async applyLeft(): Promise<void> {
    for (const write of await this.#port.store.unsettled()) await this.#apply(write);
  }

  async #push({ bytes }: WriteRow): Promise<Outcome> {
    try {
      const answer = await this.#port.nodes.fetch({
        account: "transact",
        target: "/push_transaction?wait_for=final",
        method: "POST",
        headers: { "content-type": octets, accept: octets },
        body: new Uint8Array(bytes),
        isPoor: isExecutedElsewhere,
      });
      return await outcomeOf(answer);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return { kind: "undecided", code: "unreachable", message };
    }
  }

  async #settle(write: WriteRow, outcome: Outcome, isHeard: boolean): Promise<void> {
    const { store, discard } = this.#port;
    const { id } = write;
    if (outcome.kind === "final") {
      if (await store.end(id)) await this.#apply(write);
    } else if (outcome.kind === "undecided") await store.queue(id, outcome.code);
    else if (await (isHeard ? store.forget(id) : store.fail(id, outcome))) await discard(write);
  }

  /** What cannot be carried out now is tried again when the queue is sent the next time. */
  async #apply(write: WriteRow): Promise<void> {
    if (write.effects.length === 0) return;
    await this.#port.apply(write).then(
      () => this.#port.store.settle(write.id),
      () => undefined,
    );
  }
}
