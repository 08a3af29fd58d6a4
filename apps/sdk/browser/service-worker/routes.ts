import { isHashedName } from "../../hashed-name.ts";
import { systemAddresses, systemFolders } from "./system-paths.ts";

/** What the browser answers without asking the worker; by the first condition that holds. */
export type Route = { readonly condition: RouteCondition; readonly source: "network" | "cache" };

type RouteCondition = {
  readonly urlPattern?: { readonly pathname: string };
  readonly requestMethod?: string;
  readonly not?: RouteCondition;
  readonly or?: readonly RouteCondition[];
};

/** What is not the worker's business does not wait for it: other hosts, and what no file answers. */
export function passedRoutes(): readonly Route[] {
  const others = { not: { urlPattern: { pathname: "/*" } } };
  const system = [...systemFolders.map((folder) => `${folder}*`), ...systemAddresses].map(pathIs);
  const conditions = [others, { requestMethod: "POST" }, ...system];
  return conditions.map((condition) => ({ condition, source: "network" }));
}

/**
 * Whose name says what is in it comes from what is kept, and where that is lost from the network, as the worker would have it:
 * a page whose worker is still being started has its scripts meanwhile.
 */
export function keptRoutes(addresses: Iterable<string>): readonly Route[] {
  const or = [...addresses].filter(isHashedName).map(pathIs);
  return or.length === 0 ? [] : [{ condition: { or }, source: "cache" }];
}

function pathIs(pathname: string): RouteCondition {
  return { urlPattern: { pathname } };
}
