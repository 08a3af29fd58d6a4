import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

import { err, ok, type Result } from "@kith/protocol/result";

import { connectable, type NodeAddress } from "./node-address.ts";
import { reasonOf } from "./reason-of.ts";

export type Exchange = {
  readonly method: "GET" | "POST";
  /** The host that the request is for, with its port: `transact.kith.localhost:8080`. */
  readonly host: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
};

export type Answer = {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
};

const answerTimeoutMs = 30_000;
const answerBytesMax = 64 * 1024 * 1024;

/** One request to a node under any of its names, in every runtime; the error says why there was no answer. */
export function exchange(node: NodeAddress, wanted: Exchange): Promise<Result<Answer, string>> {
  const { promise, resolve } = Promise.withResolvers<Result<Answer, string>>();
  const fail = (reason: string): void => resolve(err(reason));
  const timeoutMs = wanted.timeoutMs ?? answerTimeoutMs;
  const secure = node.protocol === "https:";
  const request = (secure ? httpsRequest : httpRequest)(
    {
      // A certificate is for a name, so TLS connects by name.
      hostname: secure ? connectable(hostnameOf(wanted.host)) : node.hostname,
      port: node.port,
      method: wanted.method,
      path: wanted.target,
      headers: {
        ...wanted.headers,
        host: wanted.host,
        ...(wanted.body === undefined ? {} : { "content-length": String(wanted.body.length) }),
      },
      signal: AbortSignal.timeout(timeoutMs),
    },
    (message) =>
      void readAnswer(message).then(resolve, (fault: unknown) => fail(whyNoAnswer(fault))),
  );
  request.on("error", (fault) => fail(whyNoAnswer(fault)));
  request.end(wanted.body);
  return promise;
}

async function readAnswer(message: IncomingMessage): Promise<Result<Answer, string>> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of message) {
    if (!Buffer.isBuffer(part)) return err("the answer is not made of bytes");
    sizeBytes += part.length;
    if (sizeBytes > answerBytesMax) return err("the answer is too long");
    parts.push(part);
  }
  const whole = Buffer.concat(parts);
  const status = message.statusCode ?? 0;
  return ok({ status, bytes: new Uint8Array(whole), text: whole.toString("utf8") });
}

function hostnameOf(host: string): string {
  return host.replace(/:[0-9]+$/, "");
}

function whyNoAnswer(fault: unknown): string {
  if (!(fault instanceof Error)) return reasonOf(fault);
  if (fault.name === "TimeoutError" || fault.name === "AbortError") return "no answer in time";
  const code = "code" in fault && typeof fault.code === "string" ? fault.code : "";
  return code === "" ? fault.message : code;
}
