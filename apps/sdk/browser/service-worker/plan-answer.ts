import { isHashedName } from "../../hashed-name.ts";
import { addressOf, type SiteFile } from "./site-file.ts";
import { isSystemPath } from "./system-paths.ts";

/** As much of a request as decides who answers it. */
export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly mode: string;
  readonly headers: Pick<Headers, "has">;
};

export type Plan =
  /** The browser does what it would do without a service worker, and nothing of it is kept. */
  | { readonly kind: "pass" }
  /** Its name says what is in it: what is kept is what the network has. */
  | { readonly kind: "kept"; readonly address: string }
  /** The network's, and what is kept when there is none. */
  | { readonly kind: "network-first"; readonly address: string };

type Site = {
  /** The site's own: `http://board.kith.localhost:8080`. */
  readonly origin: string;
  /** Addresses of all that is kept. */
  readonly kept: ReadonlySet<string>;
  /** Shown where a page's address names no file; undefined where there is nothing then. */
  readonly fallback: string | undefined;
};

const pass: Plan = { kind: "pass" };

/** Who answers a request of the site's own pages, which may be to any host. */
export function planAnswer(asked: Asked, { origin, kept, fallback }: Site): Plan {
  const { method, url, mode, headers } = asked;
  const { origin: asksFor, pathname } = new URL(url);
  if (method !== "GET" || asksFor !== origin || isSystemPath(pathname)) return pass;
  const address = addressOf(pathname);
  if (mode === "navigate") {
    if (kept.has(address)) return { kind: "network-first", address };
    const name = address.slice(address.lastIndexOf("/") + 1);
    const isPage = fallback !== undefined && !name.includes(".");
    return isPage ? { kind: "network-first", address: fallback } : pass;
  }
  // Parts of a file are for media players, and what is kept is whole.
  if (headers.has("range")) return pass;
  // Also what is not of this version: pages of the one before ask for it, when the network may have it no more.
  if (isHashedName(address)) return { kind: "kept", address };
  return kept.has(address) ? { kind: "network-first", address } : pass;
}

/** Files of a site by the addresses of what is kept of them. */
export function keptFiles(
  files: readonly SiteFile[],
  keeps: (file: SiteFile) => boolean,
): ReadonlyMap<string, SiteFile> {
  const wanted = files.filter((file) => !isSystemPath(file.path) && keeps(file));
  return new Map(wanted.map((file) => [addressOf(file.path), file]));
}
