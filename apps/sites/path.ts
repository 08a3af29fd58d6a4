import { abort, check } from "@kith/sdk/abort";
import { packText } from "@kith/sdk/reply";

import { pathBytesMax } from "./limits.ts";

/** Aborts unless this is where a file can be: `/` and names, nothing that a browser would read otherwise. */
export function checkFilePath(path: string): void {
  checkPath(path);
  check(!path.endsWith("/"), "path-is-folder", `${shown(path)} names a folder, not a file`);
}

/** A folder: `/`, or a path that ends with `/`. */
export function folderOf(path: string): string {
  const folder = path.endsWith("/") ? path : `${path}/`;
  checkPath(folder);
  return folder;
}

function checkPath(path: string): void {
  check(path.startsWith("/"), "path-relative", `${shown(path)} does not start with /`);
  if (path.length > pathBytesMax || packText(path).length > pathBytesMax) {
    abort("path-too-long", `a path has at most ${pathBytesMax} bytes`);
  }
  const wellFormed = path.isWellFormed() && !hasControl(path) && !path.includes("\\");
  check(wellFormed, "path-malformed", `${shown(path)} has characters that no path has`);
  const names = path.split("/").slice(1);
  if (names.at(-1) === "") names.pop();
  const clean = names.every((name) => name !== "" && name !== "." && name !== "..");
  check(clean, "path-not-normal", `${shown(path)} has empty names, \`.\` or \`..\``);
}

/** A request's path, decoded; undefined when no file can be there. */
export function decodeRequestPath(path: string): string | undefined {
  if (path.length > 3 * pathBytesMax || !path.startsWith("/")) return undefined;
  try {
    const decoded = decodeURIComponent(path);
    return hasControl(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 80));
}
