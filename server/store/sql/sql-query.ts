import { toHex } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";

import { sqlCharsMax, sqlParametersMax } from "../limits.ts";
import type { SqlError } from "./sql-error.ts";
import { sqlTokensOf, type SqlToken } from "./sql-tokens.ts";

/** A statement that is one query by its form, in a text that means the same to SQLite and to those who check it. */
export type SqlQuery = {
  readonly sql: string;
  readonly parameters: number;
  /** Everything in it that could be a name, in lower case. */
  readonly names: ReadonlySet<string>;
};

export function parseSqlQuery(statement: string): Result<SqlQuery, SqlError> {
  if (statement.length > sqlCharsMax) return err({ code: "sql-too-long", charsMax: sqlCharsMax });
  const tokens = sqlTokensOf(statement.toWellFormed());
  if (!tokens.ok) return tokens;
  const query = withoutEnd(tokens.value);
  const first = query.find(({ kind }) => kind !== "space");
  const starts = first?.kind === "word" && queryStarts.has(first.text.toLowerCase());
  if (!starts || query.some((token) => isSymbol(token, ";"))) {
    return err({ code: "sql-not-a-query" });
  }
  if (!isBalanced(query)) return err({ code: "sql-malformed", why: "parentheses do not match" });
  const parameters = query.filter(({ kind }) => kind === "parameter").length;
  if (parameters > sqlParametersMax) {
    return err({ code: "sql-not-allowed", what: `more than ${sqlParametersMax} parameters` });
  }
  return ok({ sql: query.map(textOf).join(""), parameters, names: namesIn(query) });
}

const queryStarts: ReadonlySet<string> = new Set(["select", "with", "values"]);

function withoutEnd(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const last = tokens.findLastIndex((token) => token.kind !== "space" && !isSymbol(token, ";"));
  return tokens.slice(0, last + 1);
}

/** What stands in parentheses cannot get out of them. */
function isBalanced(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(")) depth++;
    if (isSymbol(token, ")")) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function isSymbol(token: SqlToken, text: string): boolean {
  return token.kind === "symbol" && token.text === text;
}

/**
 * Names go between backticks, because SQLite takes a name that it does not know for a text when it stands between
 * double quotes. Byte strings, and texts of more than ASCII, must not be in the program that SQLite shows of a
 * statement: the driver ends the process over bytes that are not UTF-8, and an optimisation of GLOB makes such of
 * some texts.
 */
function textOf(token: SqlToken): string {
  switch (token.kind) {
    case "name":
      return `\`${token.text.replaceAll("`", "``")}\``;
    case "string":
      return isPlain(token.text)
        ? literal(token.text)
        : `(+CAST(unhex('${hexOf(token.text)}') AS TEXT))`;
    case "blob":
      return `unhex('${token.hex}')`;
    case "parameter":
      return "?";
    case "word":
    case "number":
    case "symbol":
    case "space":
      return token.text;
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function isPlain(text: string): boolean {
  return /^[ -~\t\n\f\r]*$/.test(text);
}

function hexOf(text: string): string {
  return toHex(packText(text));
}

function namesIn(tokens: readonly SqlToken[]): ReadonlySet<string> {
  return new Set(
    tokens.flatMap((token) =>
      token.kind === "word" || token.kind === "name" || token.kind === "string"
        ? [token.text.toLowerCase()]
        : [],
    ),
  );
}
