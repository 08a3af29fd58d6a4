import type { Socket } from "bun";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const frameHeadBytes = 9;
const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, window: 8 };
const flag = { ack: 1, endStream: 1, endHeaders: 4 };

type Waiting = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/**
 * As little of HTTP/2 (RFC 9113) as one gRPC client needs that makes one call after the other: headers are sent
 * without compression, and an answer with a message in it is a success.
 */
export class GrpcConnection {
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;
  #stream = 1;
  #hasMessage = false;
  readonly #headers: Buffer;

  constructor(authority: string, path: string) {
    this.#headers = Buffer.concat(
      [
        [":method", "POST"],
        [":scheme", "http"],
        [":path", path],
        [":authority", authority],
        ["content-type", "application/grpc"],
        ["te", "trailers"],
      ].map(([name = "", value = ""]) => literalHeader(name, value)),
    );
  }

  static async open(port: number, path: string): Promise<GrpcConnection> {
    const connection = new GrpcConnection(`127.0.0.1:${port}`, path);
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
    connection.#write(
      preface,
      frame(frameType.settings, 0, 0, Buffer.alloc(0)),
      frame(frameType.window, 0, 0, u32(0x3fff_0000)),
    );
    return connection;
  }

  /** One unary call with a packed protobuf message. */
  call(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#hasMessage = false;
      const body = Buffer.concat([Buffer.of(0), u32(message.length), message]);
      this.#write(
        frame(frameType.headers, flag.endHeaders, this.#stream, this.#headers),
        frame(frameType.data, flag.endStream, this.#stream, body),
      );
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket?.end();
  }

  #write(...parts: readonly Buffer[]): void {
    const bytes = Buffer.concat(parts);
    const written = this.#socket?.write(bytes) ?? 0;
    if (written !== bytes.length) this.#fail(new Error("the request did not fit the socket"));
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  #receive(data: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= frameHeadBytes) {
      const end = frameHeadBytes + this.#received.readUIntBE(0, 3);
      if (this.#received.length < end) return;
      const whole = this.#received.subarray(0, end);
      this.#received = this.#received.subarray(end);
      this.#handle(whole);
    }
  }

  #handle(whole: Buffer): void {
    const [type, flags] = [whole[3], whole[4] ?? 0];
    const payload = whole.subarray(frameHeadBytes);
    const isAck = (flags & flag.ack) !== 0;
    if (type === frameType.settings && !isAck) {
      this.#write(frame(frameType.settings, flag.ack, 0, Buffer.alloc(0)));
    }
    if (type === frameType.ping && !isAck) this.#write(frame(frameType.ping, flag.ack, 0, payload));
    if (type === frameType.goAway) this.#fail(new Error("the server is going away"));
    if (whole.readUInt32BE(5) !== this.#stream) return;
    if (type === frameType.reset) this.#fail(new Error("the server reset the call"));
    if (type === frameType.data) this.#hasMessage = true;
    const isEnd = (flags & flag.endStream) !== 0;
    if (isEnd && (type === frameType.data || type === frameType.headers)) this.#finish();
  }

  #finish(): void {
    this.#stream += 2;
    if (!this.#hasMessage) this.#fail(new Error("the call failed"));
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541 section 6.2.2, for texts shorter than 127 bytes. */
function literalHeader(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.of(0, name.length),
    Buffer.from(name),
    Buffer.of(value.length),
    Buffer.from(value),
  ]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
