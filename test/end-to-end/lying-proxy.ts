import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream/promises";

import type { NodeAddress } from "./http-client.ts";

/** What an answer becomes on its way: other JSON, or a text that is sent as it is. */
export type Alter = (answer: Readonly<Record<string, unknown>>) => unknown;

/** Somebody between a client and a node, who reads every answer and changes those that he likes. */
export class LyingProxy implements NodeAddress {
  readonly port: number;
  /** Answers of paths that begin so are changed; everything else is passed on as it is. */
  about = "";
  alter: Alter | undefined;
  /** How many answers were changed. */
  lies = 0;
  node: NodeAddress;
  readonly #server: Server;

  private constructor(server: Server, node: NodeAddress, port: number) {
    this.#server = server;
    this.node = node;
    this.port = port;
  }

  static async open(node: NodeAddress): Promise<LyingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const proxy = new LyingProxy(server, node, address.port);
    server.on("request", (asked, answer) => {
      proxy.#pass(asked, answer).catch(() => answer.destroy());
    });
    return proxy;
  }

  /** Tells this lie, and counts it. */
  lie(about: string, alter: Alter): void {
    this.about = about;
    this.alter = alter;
    this.lies = 0;
  }

  beHonest(): void {
    this.alter = undefined;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const alter = asked.url?.startsWith(this.about) === true ? this.alter : undefined;
    const told = await ask(this.node, asked, alter !== undefined);
    const { statusCode: status = 502, headers } = told;
    if (alter === undefined || status !== 200) {
      answer.writeHead(status, headers);
      await pipeline(told, answer);
      return;
    }
    const json: unknown = JSON.parse(await textOf(told));
    if (typeof json !== "object" || json === null) throw new Error("not an object");
    const altered = alter({ ...json });
    this.lies += 1;
    const { "content-length": _length, ...others } = headers;
    answer.writeHead(status, others);
    answer.end(typeof altered === "string" ? altered : JSON.stringify(altered));
  }
}

/** The same question, under the name that the client knows the node by. */
function ask(
  { port }: NodeAddress,
  asked: IncomingMessage,
  isRead: boolean,
): Promise<IncomingMessage> {
  const { method = "GET", url: path = "/" } = asked;
  const headers = { ...asked.headers, ...(isRead ? { "accept-encoding": "identity" } : {}) };
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, method, path, headers }, resolve);
    asking.on("error", reject);
    asked.pipe(asking);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}
