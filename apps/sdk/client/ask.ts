import { err, ok, type Result } from "@kith/protocol/result";

import type { ClientError } from "./client-error.ts";
import type { ClientPort, RequestParts } from "./connection.ts";
import { jsonOf, refusalIn } from "./json-answer.ts";

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

/** What a node said instead of what was asked for. */
export function refusalOf({ url, status, body }: Answered): ClientError {
  return refusalIn(status, jsonOf(body)?.value) ?? { code: "answer-malformed", url };
}
