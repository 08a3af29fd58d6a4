import { err, ok, type Result } from "@kith/protocol/result";
import { unpackText } from "@kith/protocol/texts";

import type { ClientError } from "./client-error.ts";
import type { ClientPort, RequestParts } from "./connection.ts";

/** A whole answer. */
export type Answered = {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
};

/** One request; a network that is not there is an error and no exception. */
export async function ask(
  port: ClientPort,
  url: string,
  parts: RequestParts,
): Promise<Result<Answered, ClientError>> {
  try {
    const answer = await port.fetch(url, parts);
    const contentType = answer.headers.get("content-type") ?? "";
    const body = new Uint8Array(await answer.arrayBuffer());
    return ok({ url, status: answer.status, contentType, body });
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return err({ code: "unreachable", url, message });
  }
}

/** GET, with JSON for an answer. */
export async function askJson(
  port: ClientPort,
  url: string,
): Promise<Result<unknown, ClientError>> {
  const headers = { accept: "application/json" };
  return jsonAnswer(url, await ask(port, url, { method: "GET", headers }));
}

/** POST of JSON, with JSON for an answer. */
export async function sendJson(
  port: ClientPort,
  url: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<Result<unknown, ClientError>> {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return jsonAnswer(url, await ask(port, url, { method: "POST", headers, body }));
}

function jsonAnswer(
  url: string,
  answered: Result<Answered, ClientError>,
): Result<unknown, ClientError> {
  if (!answered.ok) return answered;
  if (answered.value.status !== 200) return err(refusalOf(answered.value));
  const json = jsonOf(answered.value.body);
  return json === undefined ? err({ code: "answer-malformed", url }) : ok(json.value);
}

/** Every error of a node or a service is JSON with a code and a message. */
export function refusalOf({ url, status, body }: Answered): ClientError {
  const told = jsonOf(body)?.value;
  if (typeof told !== "object" || told === null) return { code: "answer-malformed", url };
  const code: unknown = Reflect.get(told, "code");
  const reason: unknown = Reflect.get(told, "reason") ?? code;
  const message: unknown = Reflect.get(told, "message");
  if (typeof reason !== "string" || typeof message !== "string") {
    return { code: "answer-malformed", url };
  }
  return { code: "refused", status, reason, message };
}

function jsonOf(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(unpackText(body) ?? "");
    return { value };
  } catch {
    return undefined;
  }
}
