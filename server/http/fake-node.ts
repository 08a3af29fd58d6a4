import type { JointConsensus } from "@kith/protocol/block";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import { blockIdOf, blockNumOf, checksumOf, nodeIdOf, termOf } from "@kith/protocol/ids";
import type { AccountName, TransactionId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { FakeChanges } from "./fake-changes.ts";
import { FakeHistory } from "./fake-history.ts";
import { FakeLight } from "./fake-light.ts";
import { FakeLogins } from "./fake-logins.ts";
import type {
  CatchUpError,
  EvidenceFound,
  FinalReceipt,
  NodePort,
  QueryError,
  SubmitOutcome,
  Touched,
  WaitFor,
} from "./node-port.ts";
import type { LinkAddresses } from "./node-urls.ts";

type Serve = (request: HttpRequest, user?: AccountName) => HttpReply | undefined;

/** A node for the tests of this folder: it keeps what a test puts in, and answers from that. */
export class FakeNode implements NodePort {
  /** By account and path, as `sites` would reply. */
  readonly files = new Map<string, HttpReply>();
  readonly servers = new Map<string, Serve>();
  readonly definitions = new Map<string, ServiceDefinition>();
  readonly accounts = new Set<string>(["home", "transact", "x-admin", "app"]);
  readonly receipts = new Map<TransactionId, FinalReceipt>();
  found: readonly EvidenceFound[] = [];
  readonly submitted: Uint8Array[] = [];
  siteQueries = 0;
  readonly history = new FakeHistory();
  readonly light: FakeLight = new FakeLight();
  readonly logins: FakeLogins = new FakeLogins();
  readonly changes: FakeChanges = new FakeChanges(this);
  /** What every query meets. */
  queryError: QueryError | undefined;
  /** Between reading a file and answering with it. */
  beforeReply: () => Promise<void> = () => Promise.resolve();
  started = true;
  /** What whoever waits for what is acknowledged meets. */
  catchUpError: CatchUpError | undefined;
  onSubmit: (bytes: Uint8Array, waitFor: WaitFor) => Promise<SubmitOutcome> = () =>
    Promise.resolve({ kind: "unavailable", reason: "no-leader" });
  readonly #listeners = new Set<(touched: Touched) => void>();

  put(account: string, path: string, reply: Partial<HttpReply>): void {
    this.files.set(`${account}${path}`, {
      status: 200,
      contentType: "text/plain; charset=utf-8",
      headers: [],
      body: new Uint8Array(),
      ...reply,
    });
  }

  touch(touched: Partial<Touched>): void {
    const whole = {
      num: blockNumOf(8),
      sites: new Set<AccountName>(),
      services: false,
      ...touched,
    };
    for (const listener of this.#listeners) listener(whole);
  }

  chainId() {
    return this.started ? blockIdOf("01".repeat(32)) : undefined;
  }

  roster() {
    if (!this.started) return undefined;
    return { headNum: blockNumOf(7), producers: [nodeIdOf("11".repeat(32))] };
  }

  consensus(): JointConsensus {
    const producers = [{ account: accountNameConstant("alice"), node: nodeIdOf("11".repeat(32)) }];
    return { current: { algorithm: "cft", producers } };
  }

  addresses: LinkAddresses = { others: [] };

  linkAddresses(): LinkAddresses {
    return this.addresses;
  }

  genesis() {
    return this.started ? Uint8Array.of(1, 2, 3) : undefined;
  }

  taposReference() {
    return this.started ? { refBlockIndex: 7, refBlockId: blockIdOf("07".repeat(32)) } : undefined;
  }

  applied() {
    if (!this.started) return undefined;
    const root = checksumOf("aa".repeat(32));
    const id = blockIdOf("07".repeat(32));
    return { num: blockNumOf(7), id, time: 1_000_001, stateRoot: root, eventRoot: root };
  }

  submit(bytes: Uint8Array, waitFor: WaitFor): Promise<SubmitOutcome> {
    this.submitted.push(bytes);
    return this.onSubmit(bytes, waitFor);
  }

  catchUp(): Promise<Result<void, CatchUpError>> {
    return Promise.resolve(
      this.catchUpError === undefined ? ok(undefined) : err(this.catchUpError),
    );
  }

  /** Executed, and without a receipt. */
  readonly executedElsewhere = new Set<TransactionId>();

  isExecuted(id: TransactionId) {
    return this.receipts.has(id) || this.executedElsewhere.has(id);
  }

  receipt(id: TransactionId) {
    return this.receipts.get(id);
  }

  quota() {
    return { windowSeconds: 60, used: { fuel: 1, storedBytes: 2, carriedBytes: 3 } };
  }

  definition(name: AccountName) {
    return this.definitions.get(name);
  }

  hasAccount(name: AccountName): boolean {
    return this.accounts.has(name);
  }

  hasServer(name: AccountName): boolean {
    return this.servers.has(name);
  }

  async query(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): Promise<Result<HttpReply | undefined, QueryError>> {
    if (this.queryError !== undefined) return err(this.queryError);
    if (service !== "sites") return ok(this.servers.get(service)?.(request, user));
    this.siteQueries++;
    const account = request.host.slice(0, -request.rootHost.length - 1);
    const found = this.files.get(`${account}${request.path}`);
    await this.beforeReply();
    return ok(found);
  }

  status() {
    const node = nodeIdOf("11".repeat(32));
    const account = accountNameConstant("alice");
    const at = { num: blockNumOf(7), id: blockIdOf("07".repeat(32)) };
    const executed = this.applied();
    return {
      node,
      account,
      role: "leader",
      algorithm: "cft",
      term: termOf(3),
      leader: { node, account },
      head: at,
      final: at,
      ...(executed === undefined ? {} : { executed }),
      peers: [],
    } as const;
  }

  evidence(): readonly EvidenceFound[] {
    return this.found;
  }

  readiness() {
    return this.started ? { ready: true, reasons: [] } : { ready: false, reasons: ["joining"] };
  }

  metrics() {
    return {
      transactionsWaiting: 1,
      transactionsExecuted: 20,
      transactionsFailed: 2,
      blocksExecuted: 7,
      elections: 1,
      queries: {
        processes: 1,
        waiting: 2,
        answered: 30,
        cached: 40,
        timedOut: 5,
        refused: 6,
        restarts: 7,
        cacheBytes: 800,
      },
    };
  }

  onTouched(listener: (touched: Touched) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
