import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, runCase, type CaseResult, type VectorFile } from "./shape.ts";
import { describedFiles, shapes } from "./shapes.ts";

export type FileReport = {
  readonly path: string;
  readonly shape: string | undefined;
  readonly results: readonly CaseResult[];
};

export type FolderReport = {
  readonly files: readonly FileReport[];
  /** Described in the folder's README, and not in the folder. */
  readonly missing: readonly string[];
};

/** Runs every vector file of a known shape that stands anywhere in the folder. */
export async function runFolder(folder: string): Promise<FolderReport> {
  const paths = listVectorFiles(folder);
  const files: FileReport[] = [];
  for (const path of paths) files.push(await runFile(readVectorFile(folder, path)));
  return { files, missing: describedFiles.filter((path) => !paths.includes(path)) };
}

function listVectorFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/"))
    .map((path) => path.replace(/^\/+/, ""))
    .filter((path) => !isProse(path))
    .toSorted();
}

/** Licences, notes and what an editor or git leaves behind. */
function isProse(path: string): boolean {
  return /(^|\/)(\.|LICENSE|NOTICE|COPYING|README|PROVENANCE)|\.md$/.test(path);
}

function readVectorFile(folder: string, path: string): VectorFile {
  const text = readFileSync(join(folder, path), "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { path, text, json };
}

async function runFile(file: VectorFile): Promise<FileReport> {
  const shape = shapes.find(({ matches }) => matches(file));
  if (shape === undefined) {
    // What the README describes has to be of the shape that it describes.
    const isDescribed = describedFiles.includes(file.path);
    const results = isDescribed ? [runCase("the file", () => "not of its shape")] : [];
    return { path: file.path, shape: undefined, results };
  }
  try {
    return { path: file.path, shape: shape.name, results: await shape.run(file) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : describe(error);
    const results = [runCase("the file", () => `not as its shape has it: ${detail}`)];
    return { path: file.path, shape: shape.name, results };
  }
}
