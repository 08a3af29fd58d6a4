import { useEffect, useState } from "preact/hooks";

/** Which page is shown; it stands in the address, so that it can be sent to others. */
export type Route = { readonly page: "threads" } | { readonly page: "thread"; readonly id: number };

export function routeOf(path: string): Route {
  const id = /^\/t\/([1-9]\d{0,9})$/.exec(path)?.[1];
  return id === undefined ? { page: "threads" } : { page: "thread", id: Number(id) };
}

export function pathOf(route: Route): string {
  return route.page === "thread" ? `/t/${route.id}` : "/";
}

/** The route of the address, and a way to another one without loading the page anew. */
export function useRoute(): readonly [Route, (next: Route) => void] {
  const [route, setRoute] = useState(() => routeOf(location.pathname));
  useEffect(() => {
    const follow = (): void => setRoute(routeOf(location.pathname));
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const go = (next: Route): void => {
    history.pushState(null, "", pathOf(next) + location.search);
    setRoute(next);
  };
  return [route, go];
}

/** For links: what a click without a key means. Others open a tab, as everywhere. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
