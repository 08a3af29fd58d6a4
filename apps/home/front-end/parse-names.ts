import { parseAccountName, type AccountName } from "@kith/sdk/types";

export type ParsedNames =
  | { readonly ok: true; readonly value: readonly AccountName[] }
  /** The first that is no name. */
  | { readonly ok: false; readonly name: string };

/** Names as people type them: with spaces or commas between them, each once. */
export function parseNames(text: string): ParsedNames {
  const names = new Set<AccountName>();
  for (const word of text.toLowerCase().split(/[\s,;]+/)) {
    if (word === "") continue;
    const name = parseAccountName(word);
    if (!name.ok) return { ok: false, name: word };
    names.add(name.value);
  }
  return { ok: true, value: [...names] };
}
