import type { ChangedRow, RowReader } from "@kith/chain/ports";
import type { BlockEvent, ChangeSource, ExecutedBlock } from "@kith/changes/change-source";
import { toHex } from "@kith/protocol/hashes";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import { blockNumOf, type AccountName } from "@kith/protocol/ids";
import { ok } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

type Services = {
  definition(name: AccountName): ServiceDefinition | undefined;
  readonly servers: ReadonlyMap<
    string,
    (request: HttpRequest, user?: AccountName) => HttpReply | undefined
  >;
};

/** Blocks that a test makes up. */
export class FakeChanges implements ChangeSource {
  num = 7;
  readonly #services: Services;
  readonly #rows = new Map<string, Uint8Array>();
  readonly #listeners = new Set<(block: ExecutedBlock) => void>();

  constructor(services: Services) {
    this.#services = services;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  readonly rows: RowReader = {
    getRow: ({ service, space, key }) => this.#rows.get(`${service}/${space}/${toHex(key)}`),
    rangeRows: () => [],
  };

  /** The next block, with these changes. */
  execute(
    changes: readonly ChangedRow[],
    events: readonly BlockEvent[] = [],
    codeChanged = false,
  ): void {
    for (const { address, row } of changes) {
      const name = `${address.service}/${address.space}/${toHex(address.key)}`;
      if (row === undefined) this.#rows.delete(name);
      else this.#rows.set(name, row);
    }
    this.num++;
    const num = blockNumOf(this.num);
    for (const listener of this.#listeners) {
      listener({ num, changes: () => changes, events, codeChanged });
    }
  }

  headNum() {
    return blockNumOf(this.num);
  }

  definition(service: AccountName) {
    return this.#services.definition(service);
  }

  /** Depends on every row of the service. */
  answer(service: AccountName, request: HttpRequest, user?: AccountName) {
    const reply = this.#services.servers.get(service)?.(request, user);
    const answered = { ...(reply === undefined ? {} : { reply }), usesContext: false };
    return Promise.resolve(ok({ ...answered, reads: [{ service }] }));
  }

  onBlock(listener: (block: ExecutedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
