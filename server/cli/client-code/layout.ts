/**
 * Code with places where lines may break: a list of pieces between brackets stands on one line if it fits, otherwise
 * each piece has a line of its own. That is what the formatter does with what is written here.
 */
export type Piece = string | Group;
export type Group = {
  readonly open: string;
  readonly pieces: readonly Piece[];
  readonly close: string;
  /** Behind the last piece when it has a line of its own. */
  readonly comma: boolean;
  /** Space inside of the brackets on one line, as in `{ a: 1 }`. */
  readonly spaced?: boolean;
};

export const widthMax = 100;
const indentBy = 2;

/** `prefix` and `suffix` stand on the first and the last line; `indent` is how far the whole is indented. */
export function layOut(
  piece: Piece,
  {
    prefix,
    suffix,
    indent,
  }: { readonly prefix: string; readonly suffix: string; readonly indent: number },
): string {
  const flat = `${prefix}${flatten(piece)}${suffix}`;
  if (typeof piece === "string" || indent + flat.length <= widthMax) return flat;
  const inner = indent + indentBy;
  const lines = piece.pieces.map((each, at) => {
    const isLast = at === piece.pieces.length - 1;
    const end = isLast && !piece.comma ? "" : ",";
    return `${" ".repeat(inner)}${layOut(each, { prefix: "", suffix: end, indent: inner })}`;
  });
  return [`${prefix}${piece.open}`, ...lines, `${" ".repeat(indent)}${piece.close}${suffix}`].join(
    "\n",
  );
}

export function flatten(piece: Piece): string {
  if (typeof piece === "string") return piece;
  const space = piece.spaced === true && piece.pieces.length > 0 ? " " : "";
  return `${piece.open}${space}${piece.pieces.map(flatten).join(", ")}${space}${piece.close}`;
}

export function callOf(name: string, ...args: readonly Piece[]): Group {
  return { open: `${name}(`, pieces: args, close: ")", comma: true };
}

/** A comment for people; undefined when there is nothing to say. */
export function commentOf(doc: string | undefined, indent: number): string {
  const text = (doc ?? "").replaceAll("*/", "*\\/").trim();
  if (text === "") return "";
  const margin = " ".repeat(indent);
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => line.trimEnd());
  if (lines.length === 1) return `${margin}/** ${lines[0]} */\n`;
  const inner = lines.map((line) => `${margin} *${line === "" ? "" : ` ${line}`}\n`).join("");
  return `${margin}/**\n${inner}${margin} */\n`;
}
