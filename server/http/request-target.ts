import { err, ok, type Result } from "@kith/protocol/result";

import type { RequestError } from "./http-error.ts";
import { targetCharsMax } from "./limits.ts";

/** `rawPath` and `query` (with its question mark, or empty) as they came; `path` with percent-encoding undone. */
export type RequestTarget = {
  readonly rawPath: string;
  readonly path: string;
  readonly query: string;
};

/** Takes a request's URL apart by index: `http://host/path?query`, or `/path?query` where the host is unreadable. */
export function parseTarget(url: string): Result<RequestTarget, RequestError> {
  const start = pathStart(url);
  if (start < 0) return err({ code: "target-malformed", reason: "it has no path" });
  if (url.length - start > targetCharsMax) {
    return err({ code: "target-too-long", charsMax: targetCharsMax });
  }
  const hash = url.indexOf("#", start);
  const end = hash < 0 ? url.length : hash;
  const mark = url.indexOf("?", start);
  const pathEnd = mark < 0 || mark > end ? end : mark;
  const rawPath = url.slice(start, pathEnd);
  const path = decodePath(rawPath);
  if (!path.ok) return path;
  return ok({ rawPath, path: path.value, query: url.slice(pathEnd, end) });
}

function pathStart(url: string): number {
  if (url.startsWith("/")) return 0;
  const scheme = url.indexOf("://");
  return scheme < 0 ? -1 : url.indexOf("/", scheme + 3);
}

function decodePath(rawPath: string): Result<string, RequestError> {
  if (!rawPath.includes("%")) return ok(rawPath);
  try {
    const path = decodeURIComponent(rawPath);
    if (path.includes("\0")) return err({ code: "target-malformed", reason: "the path has a NUL" });
    return ok(path);
  } catch {
    return err({ code: "target-malformed", reason: "the path is not percent-encoded UTF-8" });
  }
}
