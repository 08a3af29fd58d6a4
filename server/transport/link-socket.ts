/** One WebSocket, whatever runtime it comes from. The transport sets the four handlers before anything arrives. */
export type LinkSocket = {
  /** Where the other end is, for people; empty when unknown. */
  readonly remoteAddress: string;
  /** Takes one binary frame. False or 0: it was not taken and never will be. */
  send(bytes: Uint8Array): number | boolean;
  close(code: number, reason: string): void;
  /** Bytes that were taken and have not reached the system yet. */
  bufferedBytes(): number;
  /** A socket that this node opened can be written to now. Never called for an accepted one. */
  onOpen: () => void;
  onMessage: (bytes: Uint8Array) => void;
  /** Called once; nothing follows. */
  onClose: (code: number, reason: string) => void;
  /** May be called when bytes have left; where it never is, the transport looks again by itself. */
  onDrain: () => void;
};

/** Opens a socket to `url`; a failure arrives as `onClose`. */
export type Dial = (url: string) => LinkSocket;

const nothing = (): void => undefined;

/** Text on a link, or a frame of a type that no binary frame has, is passed on as this: no Noise message is empty. */
const notBinary = new Uint8Array(0);

export function dialWebSocket(url: string): LinkSocket {
  try {
    return linkSocketOf(new WebSocket(url), url);
  } catch (error) {
    // Addresses come from other nodes: one that this runtime does not like is only one that leads nowhere.
    return deadSocket(url, error instanceof Error ? error.message : String(error));
  }
}

function deadSocket(remoteAddress: string, reason: string): LinkSocket {
  const socket: LinkSocket = {
    remoteAddress,
    send: () => false,
    close: nothing,
    bufferedBytes: () => 0,
    onOpen: nothing,
    onMessage: nothing,
    onClose: nothing,
    onDrain: nothing,
  };
  queueMicrotask(() => socket.onClose(1006, reason));
  return socket;
}

/** For a standard WebSocket: the client's in every runtime, and the server's in Deno. */
export function linkSocketOf(standard: WebSocket, remoteAddress: string): LinkSocket {
  const socket: LinkSocket = {
    remoteAddress,
    send: (bytes) => {
      standard.send(bytesOf(bytes));
      return true;
    },
    close: (code, reason) => standard.close(code, reason),
    bufferedBytes: () => standard.bufferedAmount,
    onOpen: nothing,
    onMessage: nothing,
    onClose: nothing,
    onDrain: nothing,
  };
  standard.binaryType = "arraybuffer";
  standard.addEventListener("open", () => socket.onOpen());
  standard.addEventListener("message", (event) => {
    const data: unknown = event.data;
    socket.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : notBinary);
  });
  standard.addEventListener("close", (event) => socket.onClose(event.code, event.reason));
  return socket;
}

/** What Bun hands to the functions of its `websocket` option. */
export type BunSocket = {
  readonly remoteAddress: string;
  sendBinary(bytes: Uint8Array): number;
  close(code?: number, reason?: string): void;
  getBufferedAmount(): number;
};

/** Bun calls one set of functions for all sockets: keep what this returns in `ws.data` and pass the events on. */
export type AcceptedSocket = {
  readonly socket: LinkSocket;
  message(data: Uint8Array | ArrayBuffer | string): void;
  closed(code: number, reason: string): void;
  drained(): void;
};

export function acceptBunSocket(bun: BunSocket): AcceptedSocket {
  const socket: LinkSocket = {
    remoteAddress: bun.remoteAddress,
    send: (bytes) => bun.sendBinary(bytes),
    close: (code, reason) => bun.close(code, reason),
    bufferedBytes: () => bun.getBufferedAmount(),
    onOpen: nothing,
    onMessage: nothing,
    onClose: nothing,
    onDrain: nothing,
  };
  return {
    socket,
    message: (data) => {
      if (typeof data === "string") socket.onMessage(notBinary);
      else socket.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : copyOf(data));
    },
    closed: (code, reason) => socket.onClose(code, reason),
    drained: () => socket.onDrain(),
  };
}

/** The runtime may use its buffer again once the handler has returned. */
function copyOf(data: Uint8Array): Uint8Array {
  return new Uint8Array(data);
}

/** `WebSocket.send` is typed for bytes that are not shared; what is sealed here never is. */
function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : new Uint8Array(bytes);
}
