/** The first column is text, the others are numbers. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function kilobytes(bytes: number): string {
  const value = bytes / 1000;
  return value < 100 ? value.toFixed(1) : thousands(value);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
