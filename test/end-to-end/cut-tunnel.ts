import { connect, createServer, type Server, type Socket } from "node:net";

/** A port of this machine that leads to another one, and whose connections can be cut like a cable. */
export class CutTunnel {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.port = address.port;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async open(to: number): Promise<CutTunnel> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(to, "127.0.0.1");
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.pipe(other);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new CutTunnel(server, sockets);
  }

  /** Without a goodbye, in whatever is on its way; how many ends there were. */
  cut(): number {
    const { size } = this.#sockets;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return size;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((done) => this.#server.close(done));
  }
}
