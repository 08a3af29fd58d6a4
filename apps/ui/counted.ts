/** An English text about some number of things: `one` is for exactly one, and `#` stands for the number. */
export function counted(count: number, one: string, other: string): string {
  // Who asks for a language has the browser load its tables, before the first drawing.
  const shown = count < 1000 ? String(count) : count.toLocaleString("en");
  return (count === 1 ? one : other).replace("#", shown);
}
