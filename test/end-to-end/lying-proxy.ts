import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { request, type NodeAddress } from "./http-client.ts";

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
    const { url: path = "/", headers } = asked;
    const name = /^([^.]+)\.kith\./.exec(headers.host ?? "")?.[1] ?? "";
    const told = await request(this.node, name, path);
    const type = told.headers.get("content-type") ?? "application/octet-stream";
    const bytes = Buffer.from(await told.arrayBuffer());
    answer.writeHead(told.status, { "content-type": type });
    if (this.alter === undefined || !path.startsWith(this.about) || told.status !== 200) {
      answer.end(bytes);
      return;
    }
    const json: unknown = JSON.parse(bytes.toString());
    if (typeof json !== "object" || json === null) throw new Error("not an object");
    const altered = this.alter({ ...json });
    this.lies += 1;
    answer.end(typeof altered === "string" ? altered : JSON.stringify(altered));
  }
}
