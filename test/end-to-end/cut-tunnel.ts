import { connect, createServer, type Server, type Socket } from "node:net";

type Awaited = { readonly bytes: number; readonly resolve: () => void };

/** A port of this machine that leads to another one, and whose connections can be cut like a cable. */
export class CutTunnel {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #sentBytes = 0;
  #awaited: readonly Awaited[] = [];

  private constructor(server: Server, to: number) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.port = address.port;
    this.#server = server;
    server.on("connection", (near: Socket) => this.#join(near, connect(to, "127.0.0.1")));
  }

  static async open(to: number): Promise<CutTunnel> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new CutTunnel(server, to);
  }

  /**
   * Resolves when clients have sent so many bytes through it. They pass through this very process: whoever acts at once does so
   * before the next ones are there, however slow the machine is.
   */
  sent(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = [...this.#awaited, { bytes, resolve }];
    this.#count(0);
    return promise;
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

  #join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    near.on("data", ({ length }) => this.#count(length));
  }

  #count(bytes: number): void {
    this.#sentBytes += bytes;
    const isReached = (each: Awaited): boolean => each.bytes <= this.#sentBytes;
    for (const each of this.#awaited.filter(isReached)) each.resolve();
    this.#awaited = this.#awaited.filter((each) => !isReached(each));
  }
}
