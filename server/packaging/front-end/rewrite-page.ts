import type { Page, Reference } from "./page.ts";

/** What a source on a page became: paths on the site. */
export type BuiltReference = {
  readonly path: string;
  readonly style: string | undefined;
  /** Modules that it imports, which a browser would find only after it has read it. */
  readonly needed: readonly string[];
};

/** The page with paths of what was built; the rest of it stays as it is. */
export function rewritePage(
  { html, scripts, styles }: Page,
  built: ReadonlyMap<string, BuiltReference>,
): string {
  const changes: Change[] = [];
  const links = new Set<string>();
  for (const reference of [...scripts, ...styles]) {
    const found = built.get(reference.target);
    if (found === undefined) continue;
    changes.push(renaming(reference, found.path));
    if (found.style !== undefined) links.add(`<link rel="stylesheet" href="${found.style}" />`);
    for (const path of found.needed) links.add(`<link rel="modulepreload" href="${path}" />`);
  }
  const at = endOfHead(html, changes);
  if (links.size > 0) changes.push({ from: at, to: at, text: [...links].join("") });
  return changes
    .toSorted((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), html);
}

type Change = { readonly from: number; readonly to: number; readonly text: string };

function renaming({ from, to }: Reference, path: string): Change {
  return { from, to, text: `"${path}"` };
}

/** Styles that come behind the text would let it flash without them; a page may leave out the tag. */
function endOfHead(html: string, changes: readonly Change[]): number {
  const head = html.search(/<\/head\s*>/i);
  if (head !== -1) return head;
  const first = Math.min(...changes.map(({ from }) => from));
  return html.lastIndexOf("<", first);
}
