import { parseAcceptEncoding } from "./accept-encoding.ts";
import { publicError } from "./error-answer.ts";
import { parseRange, type ByteRange } from "./range.ts";
import type { SiteFile, Variant } from "./site-file.ts";

/** Answers a GET or HEAD with the form of the file that the client asks for. */
export function answerFile(file: SiteFile, request: Request): Response | Promise<Response> {
  const chosen = file.choose(parseAcceptEncoding(request.headers.get("accept-encoding")));
  if (chosen === "decode") return file.decode().then(() => answerFile(file, request));
  if (chosen === undefined) {
    const available = file.storedEncoding === "br" ? ["br", "identity"] : ["identity"];
    return publicError({ code: "encoding-not-acceptable", available });
  }
  return answerVariant(chosen, request);
}

function answerVariant(variant: Variant, request: Request): Response {
  const { headers } = request;
  const known = headers.get("if-none-match");
  if (known !== null && matches(known, variant.etag)) return notModified(variant);
  const range = headers.get("range");
  if (range !== null && request.method === "GET" && rangeApplies(headers, variant)) {
    return answerRange(variant, range);
  }
  if (request.method === "HEAD") return headOf(variant);
  return wholeOf(variant);
}

function wholeOf(variant: Variant): Response {
  // Bun's types give the clone undici's type, which lacks Bun's own methods; at run time it is what it was made from.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return variant.answer.clone() as Response;
}

/** The weak comparison of RFC 9110 section 13.1.2. */
function matches(header: string, etag: string | undefined): boolean {
  if (header.trim() === "*") return true;
  if (etag === undefined) return false;
  if (header === etag) return true;
  return header.split(",").some((item) => item.trim().replace(/^W\//, "") === etag);
}

function notModified(variant: Variant): Response {
  const headers = new Headers(variant.answer.headers);
  for (const name of ["content-type", "content-encoding", "accept-ranges"]) headers.delete(name);
  return new Response(null, { status: 304, headers });
}

function headOf(variant: Variant): Response {
  const headers = new Headers(variant.answer.headers);
  headers.set("content-length", String(variant.body.length));
  return new Response(null, { status: 200, headers });
}

/** If-Range compares strongly, and no file here has a date (RFC 9110 section 13.1.5). */
function rangeApplies(headers: Headers, variant: Variant): boolean {
  const condition = headers.get("if-range");
  return condition === null || condition.trim() === variant.etag;
}

function answerRange(variant: Variant, header: string): Response {
  const sizeBytes = variant.body.length;
  const wanted = parseRange(header, sizeBytes);
  if (wanted.kind === "whole") return wholeOf(variant);
  if (wanted.kind === "not-satisfiable") {
    return publicError({ code: "range-not-satisfiable", sizeBytes });
  }
  const [first] = wanted.ranges;
  if (wanted.ranges.length === 1 && first !== undefined) return answerOneRange(variant, first);
  return answerManyRanges(variant, wanted.ranges);
}

function answerOneRange(variant: Variant, range: ByteRange): Response {
  const headers = new Headers(variant.answer.headers);
  headers.set("content-range", contentRange(range, variant.body.length));
  return new Response(variant.body.subarray(range.first, range.last + 1), { status: 206, headers });
}

/** RFC 9110 section 14.6. */
function answerManyRanges(variant: Variant, ranges: readonly ByteRange[]): Response {
  const boundary = crypto.randomUUID();
  const headers = new Headers(variant.answer.headers);
  const contentType = headers.get("content-type") ?? "application/octet-stream";
  headers.set("content-type", `multipart/byteranges; boundary=${boundary}`);
  const parts: (string | Uint8Array<ArrayBuffer>)[] = [];
  for (const range of ranges) {
    const place = contentRange(range, variant.body.length);
    parts.push(
      `\r\n--${boundary}\r\ncontent-type: ${contentType}\r\ncontent-range: ${place}\r\n\r\n`,
    );
    parts.push(variant.body.subarray(range.first, range.last + 1));
  }
  parts.push(`\r\n--${boundary}--\r\n`);
  headers.delete("accept-ranges");
  return new Response(new Blob(parts), { status: 206, headers });
}

function contentRange({ first, last }: ByteRange, sizeBytes: number): string {
  return `bytes ${first}-${last}/${sizeBytes}`;
}
