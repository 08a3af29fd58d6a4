import { parseChecksum, type Checksum } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { askedHashesMax } from "./limits.ts";
import { getJson, postJson, type NodeClient } from "./node-client.ts";

const checksum = z.string().transform((text, context): Checksum => {
  const hash = parseChecksum(text);
  if (hash.ok) return hash.value;
  context.addIssue("not a sha256");
  return z.NEVER;
});

const listedFile = z.object({
  path: z.string(),
  hash: checksum,
  contentType: z.string(),
  immutable: z.boolean(),
});
const page = z.object({
  singlePage: z.boolean(),
  csp: z.string().optional(),
  files: z.array(listedFile),
  next: z.string().optional(),
});

type ListedFile = z.infer<typeof listedFile>;

/** What a site has now. */
export type SiteListing = {
  readonly singlePage: boolean;
  readonly csp: string | undefined;
  readonly files: ReadonlyMap<string, ListedFile>;
};

export async function listSite(
  node: NodeClient,
  account: string,
): Promise<Result<SiteListing, CliError>> {
  const files = new Map<string, ListedFile>();
  let after: string | undefined;
  for (;;) {
    const more = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
    const target = `/files?account=${account}${more}`;
    const answer = await getJson(node, { account: "sites", target }, page);
    if (!answer.ok) return answer;
    for (const file of answer.value.files) files.set(file.path, file);
    after = answer.value.next;
    if (after !== undefined) continue;
    return ok({ singlePage: answer.value.singlePage, csp: answer.value.csp, files });
  }
}

const missingAnswer = z.object({ missing: z.array(checksum) });

/** Which of these pieces of content the network does not have. */
export async function missingChunks(
  node: NodeClient,
  hashes: readonly Checksum[],
): Promise<Result<ReadonlySet<Checksum>, CliError>> {
  const missing = new Set<Checksum>();
  for (let at = 0; at < hashes.length; at += askedHashesMax) {
    const body = hashes.slice(at, at + askedHashesMax);
    const answer = await postJson(
      node,
      { account: "sites", target: "/missing", body },
      missingAnswer,
    );
    if (!answer.ok) return answer;
    for (const hash of answer.value.missing) missing.add(hash);
  }
  return ok(missing);
}
