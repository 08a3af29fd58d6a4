import { bytes, list, object, option, str, u16, type Codec } from "./fracpack.ts";

export type HttpHeader = { readonly name: string; readonly value: string };

/** What a service's `serve` gets (psibase specification, http-requests.md). */
export type HttpRequest = {
  /** Upper case. */
  readonly method: string;
  readonly host: string;
  /** The network's own host, of which `host` is a subdomain. */
  readonly rootHost: string;
  /** With its leading slash, percent-encoding as it arrived, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
};

/** A byte string in one of the service's own rows. */
export type RowPart = {
  /** The table's number. */
  readonly table: number;
  /** As `key.ts` encodes it. */
  readonly key: Uint8Array;
  readonly field: string;
};

export type HttpReply = {
  readonly status: number;
  readonly contentType: string;
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
  /** The body, in place of `body`: the node puts it together, so it may be longer than what a service can handle. */
  readonly parts?: readonly RowPart[];
};

const headersCodec: Codec<readonly HttpHeader[]> = list(object({ name: str, value: str }));

export const httpRequestCodec: Codec<HttpRequest> = object({
  method: str,
  host: str,
  rootHost: str,
  path: str,
  query: str,
  headers: headersCodec,
  body: bytes,
});

export const httpReplyCodec: Codec<HttpReply> = object({
  status: u16,
  contentType: str,
  headers: headersCodec,
  body: bytes,
  parts: option(list(object({ table: u16, key: bytes, field: str }))),
});
