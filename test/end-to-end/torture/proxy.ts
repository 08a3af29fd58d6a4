import { connect, createServer, type Server, type Socket } from "node:net";

import { Pipe } from "./pipe.ts";
import type { Direction, Wires } from "./wires.ts";

type Connection = { readonly near: Socket; readonly far: Socket; readonly pipes: readonly Pipe[] };

/** Where one node dials another: a port of this machine whose two directions are wires. */
export class Proxy {
  readonly port: number;
  readonly #server: Server;
  readonly #connections: Set<Connection>;
  readonly #unlisten: () => void;

  private constructor(server: Server, connections: Set<Connection>, unlisten: () => void) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.port = address.port;
    this.#server = server;
    this.#connections = connections;
    this.#unlisten = unlisten;
  }

  /** Leads from a node that dials to the one that listens on `port`. */
  static async open(direction: Direction, port: number, wires: Wires): Promise<Proxy> {
    const connections = new Set<Connection>();
    const dialers = new Set<() => void>();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
      near.on("error", () => undefined);
      const dial = (): void => {
        if (isCut(wires, direction)) return;
        dialers.delete(dial);
        if (!near.destroyed) join(near, { direction, port, wires, connections });
      };
      dialers.add(dial);
      near.on("close", () => dialers.delete(dial));
      dial();
    });
    const unlisten = wires.onChange(() => {
      for (const dial of dialers) dial();
      for (const { pipes } of connections) for (const pipe of pipes) pipe.flush();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new Proxy(server, connections, unlisten);
  }

  /** Ends every connection at once, and both ends see it. */
  reset(): void {
    for (const { near, far } of this.#connections) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    this.#unlisten();
    const closed = new Promise((done) => this.#server.close(done));
    this.reset();
    await closed;
  }
}

type Line = {
  readonly direction: Direction;
  readonly port: number;
  readonly wires: Wires;
  readonly connections: Set<Connection>;
};

function join(near: Socket, { direction, port, wires, connections }: Line): void {
  const { from, to } = direction;
  const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  near.setNoDelay(true);
  const pipes = [
    new Pipe(near, far, () => wires.condition({ from, to })),
    new Pipe(far, near, () => wires.condition({ from: to, to: from })),
  ];
  const connection = { near, far, pipes };
  connections.add(connection);
  const forget = (): void => {
    if (near.destroyed && far.destroyed) connections.delete(connection);
  };
  near.on("close", forget);
  far.on("close", forget);
  near.resume();
}

/** Opening a connection takes both directions. */
function isCut(wires: Wires, { from, to }: Direction): boolean {
  return wires.condition({ from, to }).isCut || wires.condition({ from: to, to: from }).isCut;
}
