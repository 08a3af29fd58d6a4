import { err, ok, type Result } from "@kith/protocol/result";

import { rootHostOf, type HostTarget } from "./host.ts";
import type { RequestError } from "./http-error.ts";

/**
 * Who sends a request, as far as browsers say (Fetch Standard, section 3.2; Fetch Metadata). Pages cannot write `Origin` and
 * `Sec-Fetch-Site`; programs can, and gain nothing by it.
 */
export type Asker =
  /** No browser, or one of before 2020 with a plain link. */
  | "program"
  /** Somebody who typed the address. */
  | "person"
  /** A page of the host that is asked. */
  | "own-page"
  /** A page of `supervisor.<root>` of this network, at whatever node. */
  | "supervisor"
  /** Any other page of this network: an app. Apps are same-site, so the browser tells them from strangers by `Origin` only. */
  | "network-page"
  | "stranger";

/**
 * Who may send what: the one table of it. What is not here is public, changes nothing, and is answered to everybody:
 * files, queries, `/changes`, `/common`, receipts, `/livez` and the like. A login token or a transaction speaks for itself
 * and is not taken from a cookie, so it is no matter whose page sends it.
 */
const mayAsk = {
  /** POST transact `/push_transaction`: signed by whoever it is about. Nodes of one machine differ by port and are one network. */
  "push-transaction": ["program", "own-page", "supervisor", "network-page"],
  /** x-admin, all of it: who sits at this machine, or has a key; see `admin-access.ts`. */
  administration: ["program", "person", "own-page"],
  /** POST and DELETE `/common/session`, which set and clear a cookie of the host that is asked. */
  session: ["own-page"],
  /** `/p2p`: nodes only. */
  link: ["program"],
} as const satisfies Readonly<Record<string, readonly Asker[]>>;

export type GuardedRoute = keyof typeof mayAsk;

/** Who asks; an error when this route is not for them. */
export function checkAsker(
  route: GuardedRoute,
  headers: Headers,
  host: HostTarget | undefined,
): Result<Asker, RequestError> {
  const asker = askerOf(headers, host);
  const allowed: readonly Asker[] = mayAsk[route];
  if (allowed.includes(asker)) return ok(asker);
  const origin = headers.get("origin")?.slice(0, originCharsShown);
  const site = headers.get("sec-fetch-site")?.slice(0, originCharsShown);
  return err({ code: "origin-not-allowed", origin: origin ?? `another origin (${site ?? asker})` });
}

const originCharsShown = 200;

/** `host` is undefined where any name will do, so that no page is the host's own. */
export function askerOf(headers: Headers, host: HostTarget | undefined): Asker {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (origin === null) {
    if (site === null) return "program";
    if (site === "none") return "person";
    return site === "same-origin" && host !== undefined ? "own-page" : "stranger";
  }
  const parsed = parseOrigin(origin);
  if (parsed === undefined || host === undefined) return "stranger";
  const own = host.kind === "root" ? host.authority : `${host.name}.${host.authority}`;
  const isOwn = parsed.authority === own && (site === null || site === "same-origin");
  if (isOwn) return "own-page";
  const rootHost = rootHostOf(host.authority);
  if (parsed.name === `supervisor.${rootHost}`) return "supervisor";
  const isOfNetwork = parsed.name === rootHost || parsed.name.endsWith(`.${rootHost}`);
  return isOfNetwork ? "network-page" : "stranger";
}

/** As browsers serialize an origin: nothing else is one, and `null` (of a sandboxed frame) is a stranger's. */
function parseOrigin(
  origin: string,
): { readonly authority: string; readonly name: string } | undefined {
  const match = /^https?:\/\/(?<name>[a-z0-9.-]{1,253})(?<port>:[0-9]{1,5})?$/.exec(origin);
  const { name, port = "" } = match?.groups ?? {};
  return name === undefined ? undefined : { authority: name + port, name };
}
