import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { CompiledSchema } from "@kith/protocol/schema";
import { packText } from "@kith/protocol/texts";

import type { Signature } from "../signature.ts";
import { askJson, sendJson } from "./ask.ts";
import type { ClientError } from "./client-error.ts";
import { addressOf, type Connection } from "./connection.ts";

/** Longer questions travel as a body, which no cache on the way keeps. */
const targetCharsMax = 2000;

/** One query as its service declares it, and the types of its arguments and result in a compiled schema. */
export type QueryParts = {
  readonly service: AccountName;
  readonly name: string;
  readonly signature: Pick<Signature<never, unknown>, "args" | "result">;
  readonly schema: CompiledSchema;
};

/** Asks a typed query. Values go over the wire as psibase's JSON; what is no such answer is `answer-malformed`. */
export async function askQuery(
  { root, port }: Connection,
  { service, name, signature, schema }: QueryParts,
  args: never,
): Promise<Result<unknown, ClientError>> {
  const { text, path, target } = placeOf({ service, name, signature, schema }, args);
  const isShort = target.length <= targetCharsMax;
  const url = addressOf(root, service, isShort ? target : path);
  const answered = await (isShort
    ? askJson(port, url)
    : sendJson(port, url, new Uint8Array(packText(text))));
  if (!answered.ok) return answered;
  const read = readAnswer({ service, name, signature, schema }, answered.value);
  return read.ok ? read : err({ code: "answer-malformed", url });
}

/** Where on the service's subdomain a query with these arguments is answered. */
export type QueryPlace = {
  /** The arguments as JSON. */
  readonly text: string;
  readonly path: string;
  /** The path with the arguments. */
  readonly target: string;
};

export function placeOf({ name, signature, schema }: QueryParts, args: never): QueryPlace {
  const given = schema.unpackJson(argumentsOf(name), signature.args.pack(args));
  if (!given.ok) throw new TypeError(`the arguments of ${name} are none: ${given.error.code}`);
  const text = JSON.stringify(given.value);
  const path = `/query/${encodeURIComponent(name)}`;
  return { text, path, target: `${path}?args=${encodeURIComponent(text)}` };
}

/** A value of the query's type out of a node's JSON. */
export function readAnswer(
  { name, signature, schema }: QueryParts,
  json: unknown,
): Result<unknown, { readonly code: string }> {
  const packed = schema.packJson(resultOf(name), json);
  const read = packed.ok ? signature.result.unpack(packed.value) : packed;
  return read.ok ? ok(read.value) : err({ code: "answer-malformed" });
}

/** Names that no type of a schema has. */
export function argumentsOf(query: string): string {
  return `arguments of ${query}`;
}

export function resultOf(query: string): string {
  return `result of ${query}`;
}
