import { nodesListedMax } from "./limits.ts";

/** Where nodes take links, as `server/transport` spells it; `others` with the most useful first. */
export type LinkAddresses = { readonly own?: string; readonly others: readonly string[] };

export type ListedNode = { readonly url: string; readonly self?: true };

type Reached = {
  /** The network's name, without a port. */
  readonly rootHost: string;
  /** By what address the asker reached this node: `http://kith.localhost:8080`. */
  readonly origin: string;
};

/**
 * Where else a browser finds this network. Nodes take links and requests on one port; what is listed is an address of
 * the root host, because all that a browser asks for stands below it. An address of this machine is one where the root host
 * means this machine, as `*.localhost` does for everybody; other addresses, by number or by another name, are left out.
 */
export function listNodes({ own, others }: LinkAddresses, reached: Reached): readonly ListedNode[] {
  const { rootHost, origin } = reached;
  const self = (own === undefined ? undefined : browserUrl(own, rootHost)) ?? origin;
  const urls = new Set(others.flatMap((address) => browserUrl(address, rootHost) ?? []));
  urls.delete(self);
  urls.delete(origin);
  return [{ url: self, self: true as const }, ...[...urls].map((url) => ({ url }))].slice(
    0,
    nodesListedMax,
  );
}

/** The origin of the root host at the node that takes links there; undefined when a browser could not ask for it. */
function browserUrl(linkUrl: string, rootHost: string): string | undefined {
  if (!URL.canParse(linkUrl)) return undefined;
  const { protocol, hostname, port } = new URL(linkUrl);
  const means =
    hostname === rootHost || (isOwnMachine(hostname) && rootHost.endsWith(".localhost"));
  if (!means || (protocol !== "ws:" && protocol !== "wss:")) return undefined;
  const scheme = protocol === "wss:" ? "https" : "http";
  return `${scheme}://${rootHost}${port === "" ? "" : `:${port}`}`;
}

function isOwnMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
