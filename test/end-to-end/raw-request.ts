import { connect } from "node:net";

export type RawAnswer = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** A server that says nothing for so long has hung. */
const answerMsMax = 25_000;

/**
 * Writes exactly these bytes and reads one answer; undefined when the server closed the connection without one.
 * Rejects when neither happens: a socket that hangs is what these tests look for.
 */
export function rawRequest(
  port: number,
  bytes: string | Uint8Array,
  thenEnd = false,
): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(bytes);
      if (thenEnd) socket.end();
    });
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parseAnswer(text));
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer within ${answerMsMax} ms, only: ${text.slice(0, 200)}`));
    }, answerMsMax);
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (isWhole(text)) done();
    });
    socket.on("end", done);
    socket.on("error", done);
  });
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *([0-9]+)/i.exec(text.slice(0, headEnd))?.[1];
  return length !== undefined && text.length >= headEnd + 4 + Number(length);
}

function parseAnswer(text: string): RawAnswer | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  const status = /^HTTP\/1\.1 ([0-9]{3})/.exec(text)?.[1];
  if (headEnd < 0 || status === undefined) return undefined;
  const lines = text.slice(0, headEnd).split("\r\n").slice(1);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(status), headers: new Map(headers), body: text.slice(headEnd + 4) };
}
