import { err, ok, type Result } from "@kith/protocol/result";

import type { FrontEndError } from "./front-end-error.ts";
import { pageTags, type PageAttribute, type PageTag } from "./page-tags.ts";
import { isSourcePath } from "./source-paths.ts";

/** An HTML page of a front-end, and what it loads from the same site. */
export type Page = {
  /** From the root of the site. */
  readonly path: string;
  readonly html: string;
  /** Modules in TypeScript or JSX. */
  readonly scripts: readonly Reference[];
  readonly styles: readonly Reference[];
  /** Every path of the site that an attribute names, those above included. */
  readonly named: ReadonlySet<string>;
};

export type Reference = PageAttribute & {
  /** From the root of the site. */
  readonly target: string;
  readonly line: number;
};

export function readPage(path: string, html: string): Result<Page, FrontEndError> {
  const tags = pageTags(html);
  const scripts: Reference[] = [];
  const styles: Reference[] = [];
  const named = new Set<string>();
  for (const tag of tags) {
    for (const name of ["src", "href", "poster", "data"]) {
      const reference = referenceOf(path, tag, name);
      if (reference !== undefined) named.add(reference.target);
    }
    const source = referenceOf(path, tag, tag.name === "link" ? "href" : "src");
    if (source === undefined) continue;
    if (tag.name === "link" && isStylesheet(tag)) styles.push(source);
    if (tag.name !== "script" || !isSourcePath(source.target)) continue;
    if (valueOf(tag, "type") !== "module") {
      return err({
        code: "page-script-classic",
        page: path,
        line: tag.line,
        target: source.target,
      });
    }
    scripts.push(source);
  }
  return ok({ path, html, scripts, styles, named });
}

/** Sites do not run what stands in the page itself, and a bundler does not see it. */
export function inlineScript({ path, html }: Page): FrontEndError | undefined {
  const found = pageTags(html).find(
    (tag) =>
      tag.name === "script" &&
      !tag.attributes.has("src") &&
      tag.text.trim() !== "" &&
      isProgram(valueOf(tag, "type")),
  );
  return found && { code: "page-script-inline", page: path, line: found.line };
}

/** Others, like `application/json`, are data. */
function isProgram(type: string): boolean {
  return type === "" || type === "module" || type === "text/javascript";
}

function isStylesheet(tag: PageTag): boolean {
  return valueOf(tag, "rel").split(/\s+/).includes("stylesheet");
}

function valueOf(tag: PageTag, name: string): string {
  return tag.attributes.get(name)?.value.trim().toLowerCase() ?? "";
}

const origin = "http://site.invalid";

/** Undefined where the attribute names nothing of this site. */
function referenceOf(page: string, tag: PageTag, name: string): Reference | undefined {
  const attribute = tag.attributes.get(name);
  if (attribute === undefined || attribute.value.trim() === "") return undefined;
  try {
    const url = new URL(attribute.value.trim(), origin + encodeURI(page));
    if (url.origin !== origin) return undefined;
    return { ...attribute, target: decodeURIComponent(url.pathname), line: tag.line };
  } catch {
    return undefined;
  }
}
