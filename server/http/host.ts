import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";

import type { RequestError } from "./http-error.ts";
import { hostCharsMax } from "./limits.ts";

/** Whom a request is for. `authority` is the root host as the client sees it, with its port if it has one. */
export type HostTarget =
  | { readonly kind: "root"; readonly authority: string }
  | { readonly kind: "account"; readonly authority: string; readonly name: AccountName };

const hostForm = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/;

/** `header` is the Host header as it came, `rootHost` the network's name in lower case, without a port. */
export function parseHost(
  header: string | null,
  rootHost: string,
): Result<HostTarget, RequestError> {
  if (header === null || header.length > hostCharsMax) return malformed(header ?? "");
  const host = header.toLowerCase();
  if (!hostForm.test(host)) return malformed(header);
  const port = portOf(host);
  const name = host.slice(0, host.length - port.length);
  if (Number(port.slice(1)) > 65_535) return malformed(header);
  const authority = rootHost + port;
  if (name === rootHost) return ok({ kind: "root", authority });
  if (!name.endsWith(`.${rootHost}`)) return err({ code: "host-unknown", host, rootHost });
  return parseSubdomain(name.slice(0, -rootHost.length - 1), authority);
}

/** With its colon; empty when there is none. */
export function portOf(host: string): string {
  return /:[0-9]{1,5}$/.exec(host)?.[0] ?? "";
}

/** The network's name, without the port by which this client reaches it. */
export function rootHostOf(authority: string): string {
  return authority.slice(0, authority.length - portOf(authority).length);
}

function parseSubdomain(label: string, authority: string): Result<HostTarget, RequestError> {
  const account = parseAccountName(label);
  if (!account.ok) return err({ code: "account-unknown", name: label });
  return ok({ kind: "account", authority, name: account.value });
}

function malformed(host: string): Result<never, RequestError> {
  return err({ code: "host-malformed", host: host.slice(0, 80) });
}
