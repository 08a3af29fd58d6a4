import { rootHost, type NodeAddress } from "../http-client.ts";

/** Where a node serves an app; no name is the network's own page. */
export function siteUrl({ port }: NodeAddress, app: string, path = "/"): string {
  return `http://${app === "" ? "" : `${app}.`}${rootHost}:${port}${path}`;
}

/** Anything but this network's own hosts, and addresses that no request leaves the page for. */
export function isForeign(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (["data:", "blob:", "about:"].includes(protocol)) return false;
  return hostname !== rootHost && !hostname.endsWith(`.${rootHost}`);
}
