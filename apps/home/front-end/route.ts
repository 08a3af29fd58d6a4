import { invitePath } from "@kith/sdk/invite-link";
import { useEffect, useState } from "preact/hooks";

export const pageNames = [
  "apps",
  "account",
  "devices",
  "friends",
  "invites",
  "permissions",
  "waiting",
  "publish",
] as const;

export type PageName = (typeof pageNames)[number];

/** What the address shows. What stands behind the `#` is a secret that only this page reads. */
export type Route =
  | { readonly page: PageName }
  | { readonly page: "invitation"; readonly fragment: string };

export function routeOf(path: string, hash: string): Route {
  if (path === invitePath) return { page: "invitation", fragment: hash.slice(1) };
  if (hash.startsWith("#add=")) return { page: "devices" };
  if (hash.startsWith("#help=")) return { page: "friends" };
  const name = pageNames.find((each) => pathOf(each) === path);
  return { page: name ?? "apps" };
}

export function pathOf(page: PageName): string {
  return page === "apps" ? "/" : `/${page}`;
}

export function useRoute(): readonly [Route, (page: PageName) => void] {
  const [route, setRoute] = useState(() => routeOf(location.pathname, location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(routeOf(location.pathname, location.hash));
    addEventListener("popstate", follow);
    addEventListener("hashchange", follow);
    return () => {
      removeEventListener("popstate", follow);
      removeEventListener("hashchange", follow);
    };
  }, []);
  const go = (page: PageName): void => {
    history.pushState(null, "", pathOf(page) + location.search);
    setRoute({ page });
  };
  return [route, go];
}

/** What stands behind the `#` of a link, or of this page's address. Undefined for what is no link. */
export function fragmentOf(link: string): string | undefined {
  const at = link.indexOf("#");
  const fragment = at === -1 ? "" : link.slice(at + 1).trim();
  return fragment === "" ? undefined : fragment;
}

/** For links: what a click without a key means. Others open a tab, as everywhere. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
