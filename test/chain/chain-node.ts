import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { packages } from "@kith/packages/service";
import type { HttpReply } from "@kith/protocol/http-message";
import { parseAccountName } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { prepareTransaction } from "@kith/protocol/transactions";

import { TestNetwork } from "./network.ts";

/** Enough of a node for the `kith` command: its requests go straight into a chain without consensus. */
export class ChainNode {
  readonly network: TestNetwork;
  /** Of every transaction that was executed without failure, in order. */
  readonly done: (readonly Action[])[] = [];
  /** Called before each transaction; false: the connection ends without an answer, and nothing is executed. */
  beforeTransaction: () => boolean = () => true;
  /** Served at `/files/NAME` of the root host. */
  readonly downloads: Map<string, Uint8Array> = new Map();
  readonly #server = createServer((request, answer) => void this.#serve(request, answer));

  constructor(network: TestNetwork = new TestNetwork({ services: [packages] })) {
    this.network = network;
  }

  async open(): Promise<void> {
    // Clients sign for the real time.
    this.network.time = Math.floor(Date.now() / 1000);
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get rootHost(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it is not open");
    return `kith.localhost:${address.port}`;
  }

  get url(): string {
    return `http://${this.rootHost}`;
  }

  /** What somebody who visits a subdomain gets. */
  get(account: string, target: string): HttpReply | undefined {
    return this.#query({ account, method: "GET", target, body: new Uint8Array() });
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { url: target = "/", headers } = request;
    const { host = "" } = headers;
    const account = host === this.rootHost ? undefined : host.slice(0, -this.rootHost.length - 1);
    if (target === "/common/rootdomain") return json(answer, 200, this.rootHost);
    if (target === "/common/tapos/head") {
      return json(answer, 200, this.network.chain.taposReference());
    }
    if (account === "transact" && target.startsWith("/push_transaction")) {
      return this.#push(body, answer);
    }
    const service = parseAccountName(/^\/common\/schema\?service=(.+)$/.exec(target)?.[1] ?? "");
    if (service.ok) {
      const definition = this.network.chain.definition(service.value);
      if (definition === undefined)
        return json(answer, 404, { code: "service-unknown", message: "" });
      return json(answer, 200, { schema: JSON.parse(definition.schema) as unknown });
    }
    const file = this.downloads.get(target);
    if (account === undefined && file !== undefined) {
      answer.writeHead(200).end(file);
      return;
    }
    const method = request.method ?? "GET";
    const reply = this.#query({ account: account ?? "home", method, target, body });
    if (reply === undefined) return json(answer, 404, { code: "not-found", message: target });
    answer.writeHead(reply.status, { "content-type": reply.contentType }).end(reply.body);
  }

  #push(body: Uint8Array, answer: ServerResponse): void {
    if (!this.beforeTransaction()) {
      answer.destroy();
      return;
    }
    const prepared = prepareTransaction(body);
    if (!prepared.ok) return json(answer, 400, { code: prepared.error.code, message: "" });
    const [receipt] = this.network.block([prepared.value]).receipts;
    if (receipt === undefined) throw new Error("no receipt");
    const { transactionId, blockNum, failure } = receipt;
    if (failure !== undefined) return json(answer, 422, failure);
    this.done.push(prepared.value.transaction.actions);
    json(answer, 200, { transactionId, blockNum, final: true, results: [] });
  }

  /** The account's own service first, then its site. */
  #query({ account, method, target, body }: Asked): HttpReply | undefined {
    const [path = "", query = ""] = target.split("?", 2);
    const { rootHost } = this;
    const request = {
      method,
      host: `${account}.${rootHost}`,
      rootHost,
      path,
      query,
      headers: [],
      body,
    };
    const own = parseAccountName(account);
    const sites = parseAccountName("sites");
    if (!own.ok || !sites.ok) return undefined;
    return (
      this.network.chain.query(own.value, request) ?? this.network.chain.query(sites.value, request)
    );
  }
}

type Asked = {
  readonly account: string;
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
};

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of request) if (part instanceof Uint8Array) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

function json(answer: ServerResponse, status: number, value: unknown): void {
  answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
