import type { App } from "@kith/http/app";
import { serveBun } from "@kith/http/serve-bun";
import { serveDeno } from "@kith/http/serve-deno";
import { acceptBunSocket, linkSocketOf, type LinkSocket } from "@kith/transport/link-socket";

type ListenOptions = {
  readonly port: number;
  readonly hostname: string;
  readonly app: App;
  /** Takes the sockets of other nodes. */
  readonly accept: (socket: LinkSocket) => void;
};

export type Listening = { readonly port: number; stop(): Promise<void> };

/** Serves people and other nodes on one port, with whatever this runtime has for it. */
export function listen({ port, hostname, app, accept }: ListenOptions): Listening {
  if (process.versions["bun"] === undefined) {
    return serveDeno({
      port,
      hostname,
      app,
      onLink: (socket, remoteAddress) => accept(linkSocketOf(socket, remoteAddress)),
    });
  }
  return serveBun({
    port,
    hostname,
    app,
    onLink: (socket) => {
      const accepted = acceptBunSocket(socket);
      accept(accepted.socket);
      return {
        message: (data) => accepted.message(data),
        closed: (code, reason) => accepted.closed(code, reason),
        drained: () => accepted.drained(),
      };
    },
  });
}
