import { createWriteStream, renameSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";

import { err, ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";
import { connectable } from "./node-address.ts";
import { hostOf, refusalOf, type NodeClient } from "./node-client.ts";
import { reasonOf } from "./reason-of.ts";

type Wanted = {
  readonly account: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  /** Until the answer begins. */
  readonly timeoutMs: number;
};

/** A large answer to a POST, as a file: what is not whole does not get its name. */
export async function downloadFile(
  node: NodeClient,
  wanted: Wanted,
): Promise<Result<number, CliError>> {
  const { path } = wanted;
  const message = await ask(node, wanted);
  if (!message.ok) return message;
  if (message.value.statusCode !== 200) return refusal(node, message.value);
  const draft = `${path}.part`;
  try {
    const out = createWriteStream(draft, { flush: true });
    await pipeline(message.value, out);
    renameSync(draft, path);
    return ok(out.bytesWritten);
  } catch (fault) {
    rmSync(draft, { force: true });
    return err({ code: "download-failed", path, reason: reasonOf(fault) });
  }
}

function ask(
  node: NodeClient,
  { account, target, headers, timeoutMs }: Wanted,
): Promise<Result<IncomingMessage, CliError>> {
  const { address } = node;
  const secure = address.protocol === "https:";
  const host = hostOf(node, account);
  return new Promise((resolve) => {
    const fail = (fault: unknown): void =>
      resolve(err({ code: "node-unreachable", url: address.text, reason: reasonOf(fault) }));
    const request = (secure ? httpsRequest : httpRequest)(
      {
        hostname: secure ? connectable(host.replace(/:[0-9]+$/, "")) : address.hostname,
        port: address.port,
        method: "POST",
        path: target,
        headers: { ...headers, host, "content-length": "0" },
        timeout: timeoutMs,
      },
      (message) => resolve(ok(message)),
    );
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", fail);
    request.end();
  });
}

async function refusal(
  { address }: NodeClient,
  message: IncomingMessage,
): Promise<Result<never, CliError>> {
  const parts: Uint8Array[] = [];
  for await (const part of message) if (part instanceof Uint8Array) parts.push(part);
  const bytes = new Uint8Array(Buffer.concat(parts));
  const text = new TextDecoder().decode(bytes);
  return err(refusalOf(address, { status: message.statusCode ?? 0, bytes, text }));
}
