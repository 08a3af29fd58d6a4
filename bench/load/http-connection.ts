import type { Socket } from "bun";

export type HttpAnswer = { readonly status: number; readonly body: Uint8Array };

type Waiting = {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
};

/** One keep-alive HTTP/1.1 connection with one request under way; answers have to state their length. */
export class HttpConnection {
  #socket: Socket | undefined;
  #received: Uint8Array = new Uint8Array();
  #waiting: Waiting | undefined;

  static async open(port: number): Promise<HttpConnection> {
    const connection = new HttpConnection();
    connection.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => {
          socket.setNoDelay(true);
        },
        data: (_socket, data) => connection.#receive(data),
        close: () => connection.#fail(new Error("the server closed the connection")),
        error: (_socket, error) => connection.#fail(error),
      },
    });
    return connection;
  }

  request(bytes: Uint8Array): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const written = this.#socket?.write(bytes) ?? 0;
      if (written !== bytes.length) this.#fail(new Error("the request did not fit the socket"));
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket?.end();
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  #receive(data: Uint8Array): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const answer = readAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = new Uint8Array();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}

/** The whole answer, or undefined while a part of it is missing. */
function readAnswer(received: Uint8Array): HttpAnswer | undefined {
  const buffer = Buffer.from(received.buffer, received.byteOffset, received.length);
  const headEnd = buffer.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = buffer.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  const end = headEnd + 4 + Number(length);
  if (buffer.length < end) return undefined;
  return { status: Number(head.slice(9, 12)), body: buffer.subarray(headEnd + 4, end) };
}
