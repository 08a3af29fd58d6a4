import { bytes, list, object, str, u16, type Codec } from "./fracpack.ts";

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

export type HttpReply = {
  readonly status: number;
  readonly contentType: string;
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
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
});
