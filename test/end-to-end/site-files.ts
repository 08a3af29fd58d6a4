import assert from "node:assert/strict";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";

import { request, type NodeAddress } from "./http-client.ts";

/** Requests under way at once. */
const lanes = 8;

/** Front-ends that others built, in the state in which npm has them. */
export const builtSites = {
  swagger: folderOf("swagger-ui-dist"),
  monaco: join(folderOf("monaco-editor"), "min"),
};

function folderOf(packageName: string): string {
  return realpathSync(new URL(`../../node_modules/${packageName}`, import.meta.url));
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** Fetches every file of a folder from a node and compares each byte. */
export async function compareSite(
  node: NodeAddress,
  account: string,
  folder: string,
): Promise<void> {
  const files = [...filesOf(folder)];
  assert.ok(files.length > 5, `${folder} has only ${files.length} files`);
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let file = files[next++]; file !== undefined; file = files[next++]) {
        await compareFile(node, account, { folder, file });
      }
    }),
  );
}

async function compareFile(
  node: NodeAddress,
  account: string,
  { folder, file }: { readonly folder: string; readonly file: string },
): Promise<void> {
  const path = `/${file.split("/").map(encodeURIComponent).join("/")}`;
  const answer = await request(node, account, path);
  assert.equal(answer.status, 200, `${account}${path} on port ${node.port}`);
  const served = Buffer.from(await answer.arrayBuffer());
  const wanted = readFileSync(join(folder, file));
  assert.ok(served.equals(wanted), `${account}${path}: ${served.length} of ${wanted.length} bytes`);
}
