/**
 * JSON from somebody else, nested at most `depthMax` deep; undefined for anything that is none. Runtimes differ in how
 * deep they can parse, and every node has to give the same answer.
 */
export function parseBoundedJson(text: string, depthMax: number): unknown {
  if (isDeeperThan(text, depthMax)) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}

function isDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === "{" || char === "[")) depth++;
    else if (!quoted && (char === "}" || char === "]")) depth--;
    if (depth > depthMax) return true;
  }
  return false;
}
