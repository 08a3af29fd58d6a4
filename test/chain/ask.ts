import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { unpackText } from "@kith/protocol/texts";

import type { TestNetwork } from "./network.ts";

/** GET of a path, with its query if it has one, on the domain of a service. */
export function requestTo(service: AccountName, target: string): HttpRequest {
  const [path = "", query = ""] = target.split("?");
  const rootHost = "kith.localhost";
  const host = `${service}.${rootHost}`;
  return { method: "GET", host, rootHost, path, query, headers: [], body: new Uint8Array() };
}

/** What the chain says to it; undefined when it leaves the request to the site's files. */
export function ask(
  network: TestNetwork,
  service: AccountName,
  target: string,
): HttpReply | undefined {
  return network.chain.query(service, requestTo(service, target));
}

export function jsonOf({ body }: HttpReply): unknown {
  return JSON.parse(unpackText(body) ?? "");
}
