import { createServer, type OutgoingHttpHeaders } from "node:http";

import { freePorts } from "../ports.ts";

export type ServedPage = {
  readonly type: string;
  readonly content: string;
  readonly headers?: OutgoingHttpHeaders;
};

/** Serves pages for the tests of this folder's helpers, under each name of the network. */
export class PageServer {
  readonly port: number;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  /** `fill` may add pages that have to know the port. */
  static async start(
    pages: Readonly<Record<string, ServedPage>>,
    fill?: (port: number) => Promise<void>,
  ): Promise<PageServer> {
    const port = await freePorts(1);
    await fill?.(port);
    const server = createServer((request, response) => {
      const page = pages[new URL(request.url ?? "/", "http://any").pathname];
      if (page === undefined) return response.writeHead(404).end();
      const headers = {
        "content-type": page.type,
        "content-length": Buffer.byteLength(page.content),
      };
      return response.writeHead(200, { ...headers, ...page.headers }).end(page.content);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const close = async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return new PageServer(port, close);
  }

  close(): Promise<void> {
    return this.#close();
  }
}
