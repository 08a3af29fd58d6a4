/**
 * Whether a build tool put a hash of the content into the name (`index-B7zqL2xk.js`, `main.3f2a9c1b.css`), so that
 * the path never means another content. Only what cannot be a word counts: a browser would keep a wrong guess for a
 * year, while a missed one costs a 304.
 */
export function isHashedName(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name
    .split(".")
    .slice(0, -1)
    .some((part, at) => isHash(at === 0 ? part.slice(separatorOf(part) + 1) : part));
}

/** In `index-4fG7hJ2k` the hash stands behind a dash or an underscore, and may have some itself. */
function separatorOf(part: string): number {
  const before = part.length - 9;
  if (before >= 0 && (part[before] === "-" || part[before] === "_")) return before;
  return Math.max(part.lastIndexOf("-"), part.lastIndexOf("_"));
}

function isHash(part: string): boolean {
  const hex = /^[0-9a-f]{8,64}$/.test(part) && /[0-9]/.test(part) && /[a-f]/.test(part);
  const base64 = /^[\w-]{8}$/.test(part) && /[0-9]/.test(part) && /[A-Z]/.test(part);
  return hex || base64;
}
