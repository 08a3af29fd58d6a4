import { packText } from "@kith/protocol/texts";

import { entryPathBytesMax } from "./limits.ts";

/** Why this cannot be a path in a package; undefined when it can. */
export function whyNotEntryPath(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (path.length > entryPathBytesMax || packText(path).length > entryPathBytesMax) {
    return `it has more than ${entryPathBytesMax} bytes`;
  }
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "it is absolute";
  if (path.includes("\\")) return "it has a backslash";
  if (!path.isWellFormed() || hasControl(path)) return "it has control characters";
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) {
    return "it has empty names, `.` or `..`";
  }
  return undefined;
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
