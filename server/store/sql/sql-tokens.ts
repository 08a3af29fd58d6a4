import { err, ok, type Result } from "@kith/protocol/result";

import type { SqlError } from "./sql-error.ts";

/** A piece of a statement as SQLite splits it (https://sqlite.org/src/file/src/tokenize.c). */
export type SqlToken =
  /** Keywords and names without quotes. */
  | { readonly kind: "word"; readonly text: string }
  /** A name in quotes; `text` is what is between them. */
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "blob"; readonly hex: string }
  | { readonly kind: "parameter" }
  | { readonly kind: "number" | "symbol" | "space"; readonly text: string };

/** What SQLite and this might read differently is refused, so that what was checked is what runs. */
export function sqlTokensOf(sql: string): Result<readonly SqlToken[], SqlError> {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length;) {
    const read = readers.map(([pattern, make]) => match(sql, at, pattern, make)).find(Boolean);
    if (read === undefined) return err({ code: "sql-malformed", why: `at character ${at}` });
    tokens.push(read.token);
    at += read.length;
  }
  return ok(tokens);
}

type Read = { readonly token: SqlToken; readonly length: number };
type Make = (text: string) => SqlToken;

function match(sql: string, at: number, pattern: RegExp, make: Make): Read | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(sql)?.[0];
  return found === undefined ? undefined : { token: make(found), length: found.length };
}

/**
 * In this order. Names without quotes may have any letter but the byte order mark, which SQLite takes for a space;
 * zeros end a statement for it, so none may be anywhere.
 */
const readers: readonly (readonly [RegExp, Make])[] = [
  [/(?:[ \t\n\f\r]|--[^\n\0]*(?:\n|$)|\/\*[^\0]*?\*\/)+/y, () => ({ kind: "space", text: " " })],
  [/[xX]'(?:[0-9a-fA-F]{2})*'/y, (text) => ({ kind: "blob", hex: text.slice(2, -1) })],
  [/'(?:[^'\0]|'')*'/y, (text) => ({ kind: "string", text: inside(text, "'") })],
  [/"(?:[^"\0]|"")*"/y, (text) => ({ kind: "name", text: inside(text, '"') })],
  [/`(?:[^`\0]|``)*`/y, (text) => ({ kind: "name", text: inside(text, "`") })],
  [/\[[^\]\0]*\]/y, (text) => ({ kind: "name", text: text.slice(1, -1) })],
  [/(?![xX]')[A-Za-z_\u0080-\ufefe\uff00-\uffff][A-Za-z0-9_$\u0080-\ufefe\uff00-\uffff]*/y, word],
  [
    /(?:0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_$\u0080-\uffff])/y,
    number,
  ],
  [/\?(?![0-9])/y, () => ({ kind: "parameter" })],
  [/->>?|\|\||<<|>>|<=|>=|<>|==|!=|[-+*%&|~<>=(),.;]|\/(?!\*)/y, symbol],
];

function word(text: string): SqlToken {
  return { kind: "word", text };
}

function number(text: string): SqlToken {
  return { kind: "number", text };
}

function symbol(text: string): SqlToken {
  return { kind: "symbol", text };
}

function inside(quoted: string, quote: string): string {
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}
