/** One command of a scenario script: its words, and the line that it stands on. */
export type ScriptLine = {
  readonly number: number;
  readonly text: string;
  readonly command: string;
  readonly words: readonly string[];
};

/**
 * One command a line, comma-separated; `#` starts a comment, also behind a command. A line of four or more `=` ends
 * the script.
 */
export function parseScript(source: string): readonly ScriptLine[] {
  const lines: ScriptLine[] = [];
  for (const [index, raw] of source.split(/\r\n|\r|\n/).entries()) {
    const text = (raw.split("#")[0] ?? "").replaceAll("\uFEFF", "").trim();
    if (text.startsWith("====")) break;
    if (text === "") continue;
    const [command = "", ...words] = text.split(",").map((word) => word.trim());
    lines.push({ number: index + 1, text, command, words });
  }
  return lines;
}
