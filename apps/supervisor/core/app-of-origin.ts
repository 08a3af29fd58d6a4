import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

/**
 * The app whose pages have this origin: `http://board.kith.localhost:8080` is `board` on the network of
 * `kith.localhost:8080`. Undefined for every other page, which the supervisor does not serve.
 */
export function appOfOrigin(
  origin: string,
  { root, scheme }: { readonly root: string; readonly scheme: string },
): AccountName | undefined {
  const [start, end] = [`${scheme}//`, `.${root}`];
  if (!origin.startsWith(start) || !origin.endsWith(end)) return undefined;
  const account = parseAccountName(origin.slice(start.length, -end.length));
  return account.ok ? account.value : undefined;
}
