import { err, ok, type Result } from "@kith/protocol/result";

import { addressCharsMax } from "./limits.ts";

export type AddressError =
  | { readonly code: "address-too-long"; readonly chars: number }
  | { readonly code: "address-malformed" }
  | { readonly code: "address-scheme"; readonly scheme: string };

/** A `ws:` or `wss:` URL without a user or a fragment, in the one spelling that the URL standard gives it. */
export function parseAddress(text: string): Result<string, AddressError> {
  if (text.length > addressCharsMax) return err({ code: "address-too-long", chars: text.length });
  if (!URL.canParse(text)) return err({ code: "address-malformed" });
  const url = new URL(text);
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    return err({ code: "address-scheme", scheme: url.protocol });
  }
  if (url.hostname === "" || url.username !== "" || url.password !== "" || url.hash !== "") {
    return err({ code: "address-malformed" });
  }
  return ok(url.href);
}

/** Whether an address means the machine of whoever reads it, which makes no sense to anybody else. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^(127|0)\./.test(hostname)
  );
}
