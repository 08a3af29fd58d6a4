/** A start tag of an HTML page, with the places of its attributes' values. */
export type PageTag = {
  /** In small letters. */
  readonly name: string;
  /** Where it begins, and its line from 1. */
  readonly from: number;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, PageAttribute>;
  /** What stands between a script's tags; empty for other elements. */
  readonly text: string;
};

export type PageAttribute = {
  readonly value: string;
  /** Of the value as it stands in the page, quotes included. */
  readonly from: number;
  readonly to: number;
};

/** Comments, and tags with attributes whose values may have `>` in quotes. */
const tagPattern = /<!--[\s\S]*?-->|<([a-z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
const attributePattern = /([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;

/** Between these and their end tag there are no tags. */
const rawElements: ReadonlySet<string> = new Set(["script", "style", "textarea", "title"]);

/** As much of HTML as it takes to find what a page loads: start tags outside of comments and texts. */
export function pageTags(html: string): readonly PageTag[] {
  const tags: PageTag[] = [];
  let at = 0;
  let line = 1;
  for (;;) {
    tagPattern.lastIndex = at;
    const match = tagPattern.exec(html);
    if (match === null) return tags;
    line += newlines(html.slice(at, match.index));
    const [whole, name] = match;
    const end = match.index + whole.length;
    const tag = name?.toLowerCase();
    const close = tag !== undefined && rawElements.has(tag) ? endOf(html, tag, end) : end;
    if (tag !== undefined) {
      const attributes = attributesOf(match[2] ?? "", match.index + 1 + tag.length);
      const text = tag === "script" ? html.slice(end, close) : "";
      tags.push({ name: tag, from: match.index, line, attributes, text });
    }
    line += newlines(html.slice(match.index, close));
    at = close;
  }
}

function attributesOf(text: string, offset: number): ReadonlyMap<string, PageAttribute> {
  const attributes = new Map<string, PageAttribute>();
  for (const match of text.matchAll(attributePattern)) {
    const [whole, name = "", written = ""] = match;
    const to = offset + match.index + whole.length;
    const value = written.replace(/^(["'])(.*)\1$/s, "$2").replaceAll("&amp;", "&");
    // Of an attribute that is there twice, browsers take the first.
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, { value, from: to - written.length, to });
  }
  return attributes;
}

function endOf(html: string, tag: string, from: number): number {
  const end = html.slice(from).search(new RegExp(`</${tag}[\\s/>]`, "i"));
  return end === -1 ? html.length : from + end;
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}
