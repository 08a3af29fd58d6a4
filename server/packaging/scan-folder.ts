import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";

import type { FolderError } from "./folder-error.ts";

export type LocalFile = {
  /** On this machine. */
  readonly file: string;
  /** On the site, from its root: `/css/main.css`. */
  readonly path: string;
  readonly sizeBytes: number;
};

/** Of `sites`; told here so that nothing is uploaded before it is refused. */
const pathBytesMax = 512;
const fileBytesMax = 64 * 1024 * 1024;

/** Every file below a folder in the order of their paths, links followed; `.git` and the like are left out. */
export function scanFolder(folder: string): Result<readonly LocalFile[], FolderError> {
  try {
    if (!statSync(folder).isDirectory()) return err({ code: "not-a-folder", path: folder });
  } catch {
    return err({ code: "folder-missing", path: folder });
  }
  const found: LocalFile[] = [];
  try {
    const problem = scanInto(folder, "", found);
    if (problem !== undefined) return err(problem);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return err({ code: "file-unreadable", path: folder, reason });
  }
  if (found.length === 0) return err({ code: "folder-empty", path: folder });
  return ok(found.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
}

function scanInto(folder: string, path: string, found: LocalFile[]): FolderError | undefined {
  if (path.length > pathBytesMax) {
    const reason = "its path is too long; is there a link to a folder above it?";
    return { code: "path-not-publishable", path: folder, reason };
  }
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    if (leftOut.has(name)) continue;
    const file = join(folder, name);
    const info = statSync(file, { throwIfNoEntry: false });
    if (info === undefined) {
      return { code: "file-unreadable", path: file, reason: "it is a link to nothing" };
    }
    if (info.isDirectory()) {
      const problem = scanInto(file, `${path}/${name}`, found);
      if (problem !== undefined) return problem;
    } else if (info.isFile()) {
      const local = { file, path: `${path}/${name}`, sizeBytes: info.size };
      const reason = whyNotPublishable(local);
      if (reason !== undefined) return { code: "path-not-publishable", path: file, reason };
      found.push(local);
    }
  }
  return undefined;
}

const leftOut: ReadonlySet<string> = new Set([".git", ".DS_Store", "node_modules"]);

function whyNotPublishable({ path, sizeBytes }: LocalFile): string | undefined {
  if (new TextEncoder().encode(path).length > pathBytesMax) {
    return `its path has more than ${pathBytesMax} bytes`;
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\]/.test(path) || !path.isWellFormed()) {
    return "its name has control characters or a backslash";
  }
  if (sizeBytes > fileBytesMax) return `it has more than ${fileBytesMax} bytes`;
  return undefined;
}
