import { isLinkRequest, refuseLink } from "./accept-link.ts";
import type { App } from "./app.ts";
import { stopMsMax } from "./limits.ts";

/** The part of Deno that is used here; the types of Bun, which check this folder, do not know it. */
type DenoRuntime = {
  serve(
    options: {
      readonly port: number;
      readonly hostname: string;
      readonly signal: AbortSignal;
      readonly onListen: () => void;
    },
    handler: (
      request: Request,
      info: { readonly remoteAddr: { readonly hostname?: string } },
    ) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
  upgradeWebSocket(request: Request): { readonly socket: WebSocket; readonly response: Response };
};

declare const Deno: DenoRuntime;

export type DenoServeOptions = {
  readonly port: number;
  /** The address to listen on; only this machine unless somebody asks for more. */
  readonly hostname?: string;
  readonly app: App;
  /** Takes a WebSocket at `/p2p` once it is open. */
  readonly onLink?: (socket: WebSocket, remoteAddress: string) => void;
};

export type DenoListening = { readonly port: number; stop(): Promise<void> };

export function serveDeno(options: DenoServeOptions): DenoListening {
  const { app, onLink, port, hostname = "127.0.0.1" } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const settings = { port, hostname, signal, onListen: () => undefined };
  const server = Deno.serve(settings, (request, info) => {
    const remoteAddress = info.remoteAddr.hostname;
    if (onLink === undefined || !isLinkRequest(request.url)) {
      return app.fetch(request, () => remoteAddress);
    }
    const refused = refuseLink(request);
    if (refused !== undefined) return refused;
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.addEventListener("open", () => onLink(socket, remoteAddress ?? ""));
    return response;
  });
  return {
    port: server.addr.port,
    async stop() {
      app.close();
      // Answers under way are finished, unless their clients do not take them.
      const timer = setTimeout(() => ending.abort(), stopMsMax);
      await server.shutdown();
      clearTimeout(timer);
    },
  };
}
