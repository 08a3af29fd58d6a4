import type { Package } from "@kith/packaging/package";
import { siteReaches } from "@kith/packaging/site-reach";

/** What whoever installs a package is told about the hosts that its pages may talk to. */
export function reachLines(contents: Pick<Package, "postinstall">): readonly string[] {
  return siteReaches(contents).flatMap(({ account, connect, policies }) => [
    ...(connect.length === 0 ? [] : [`  ${account} may talk to: ${connect.join(", ")}`]),
    ...policies.map((policy) => `  ${account} has a content security policy of its own: ${policy}`),
  ]);
}
