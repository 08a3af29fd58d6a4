import http from "node:http";

import { isLinkRequest, noLink, refuseLink } from "./accept-link.ts";
import type { App } from "./app.ts";
import { idleTimeoutSeconds, rawHeaderBytesMax } from "./limits.ts";

/** The part of Bun's ServerWebSocket that a node-to-node link uses. */
export type BunLinkSocket = {
  readonly remoteAddress: string;
  sendBinary(bytes: Uint8Array): number;
  close(code?: number, reason?: string): void;
  getBufferedAmount(): number;
};

/** Where Bun's events of one accepted socket go. */
export type AcceptedLink = {
  message(data: Uint8Array | ArrayBuffer | string): void;
  closed(code: number, reason: string): void;
  drained(): void;
};

export type ServeOptions = {
  readonly port: number;
  /** The address to listen on; only this machine unless somebody asks for more. */
  readonly hostname?: string;
  readonly app: App;
  /** Takes a WebSocket at `/p2p`; absent where links are served elsewhere. */
  readonly onLink?: (socket: BunLinkSocket) => AcceptedLink;
  readonly linkFrameBytesMax?: number;
};

export type Listening = { readonly port: number; stop(): Promise<void> };

type LinkData = { accepted: AcceptedLink | undefined };

export function serveBun(options: ServeOptions): Listening {
  const { app, onLink } = options;
  // The runtime answers longer headers with a bare 431; up to here the app answers them itself, and says why.
  Object.assign(http, { maxHeaderSize: rawHeaderBytesMax });
  const server: Bun.Server<LinkData> = Bun.serve<LinkData>({
    port: options.port,
    hostname: options.hostname ?? "127.0.0.1",
    idleTimeout: idleTimeoutSeconds,
    // Each route has its own limit, and answers with JSON.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    // Outside development the runtime would share the port with another node, and requests would go to either.
    reusePort: false,
    fetch(request, self) {
      if (onLink !== undefined && isLinkRequest(request.url)) {
        const refused = refuseLink(request);
        if (refused !== undefined) return refused;
        return self.upgrade(request, { data: { accepted: undefined } }) ? undefined : noLink();
      }
      return app.fetch(request, addressOf);
    },
    websocket: {
      maxPayloadLength: options.linkFrameBytesMax ?? 64 * 1024,
      idleTimeout: idleTimeoutSeconds,
      perMessageDeflate: false,
      open: (socket) => {
        socket.data.accepted = onLink?.(socket);
      },
      message: (socket, data) => socket.data.accepted?.message(data),
      close: (socket, code, reason) => socket.data.accepted?.closed(code, reason),
      drain: (socket) => socket.data.accepted?.drained(),
    },
  });
  const addressOf = (request: Request) => server.requestIP(request)?.address;
  return {
    port: server.port ?? options.port,
    async stop() {
      app.close();
      // The ends of streams are written in the next turn; what is still open after it is cut off.
      await new Promise((done) => setTimeout(done, 0));
      await server.stop(true);
    },
  };
}
