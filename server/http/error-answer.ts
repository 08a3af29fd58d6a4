import { messageOf } from "./error-message.ts";
import type { HttpError } from "./http-error.ts";
import { isLoginError } from "./login-message.ts";
import { statusByCode } from "./status-by-code.ts";

/** The one way in which an error leaves this server: JSON `{ code, message, ...facts }`. */
export function errorAnswer(error: HttpError): Response {
  const headers = new Headers({
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  const status = statusByCode[error.code];
  if (error.code === "method-not-allowed") headers.set("allow", error.allow);
  if (error.code === "range-not-satisfiable") {
    headers.set("content-range", `bytes */${error.sizeBytes}`);
  }
  if (error.code === "admin-key-wrong") headers.set("www-authenticate", "Bearer");
  if (isLoginError(error)) headers.set("www-authenticate", `Bearer error="invalid_token"`);
  if (error.code === "upgrade-needed") headers.set("upgrade", error.protocol);
  if (status === 503) headers.set("retry-after", "1");
  const { code, ...facts } = error;
  const body = JSON.stringify({ code, message: messageOf(error), ...facts }, hexOfBytes);
  return new Response(body, { status, headers });
}

/** The same where every page may ask: it may also read why it got nothing. */
export function publicError(error: HttpError): Response {
  const answer = errorAnswer(error);
  answer.headers.set("access-control-allow-origin", "*");
  return answer;
}

function hexOfBytes(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}
