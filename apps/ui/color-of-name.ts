/** The hue that people know somebody by, 0 to 359: the same on every device, and for whoever has the name. */
export function hueOfName(name: string): number {
  // FNV-1a: names that differ in one letter are far apart.
  let hash = 0x811c9dc5;
  for (const letter of name.toLowerCase()) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % 360;
}

/** Nothing that follows a letter without accents belongs to it when it is such a letter, too. */
const plainLetter = /^[!-~](?=[ -~]|$)/;

/** What stands in the circle. */
export function initialOf(name: string): string {
  const shown = name.trim();
  // Nearly all names: who asks for segments has the browser load its tables of languages, before the first drawing.
  const [plain] = plainLetter.exec(shown) ?? [];
  if (plain !== undefined) return plain.toUpperCase();
  const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(shown);
  for (const { segment } of letters) return segment.toUpperCase();
  return "?";
}
