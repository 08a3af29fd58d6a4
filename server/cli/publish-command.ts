import { resolve } from "node:path";

import { scanFolder } from "@kith/packaging/scan-folder";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import {
  jsonOption,
  keyOption,
  nodeOf,
  nodeOption,
  runReporting,
  type Report,
} from "./command-line.ts";
import { findKey } from "./key-file.ts";
import { findNode, siteUrl } from "./node-client.ts";
import { openProgress } from "./progress.ts";
import { publish } from "./publish.ts";
import { sizeText } from "./size-text.ts";

const options = {
  folder: { type: "positional", required: true, description: "what the front-end is built into" },
  app: {
    type: "string",
    required: true,
    valueHint: "account",
    description: "whose site it becomes",
  },
  "single-page": {
    type: "boolean",
    description: "answer paths that are no files with /index.html",
  },
  csp: { type: "string", valueHint: "policy", description: "content security policy of the site" },
  delete: { type: "boolean", description: "remove files of the site that are not in the folder" },
  ...keyOption,
  ...nodeOption,
  ...jsonOption,
} as const;

export const publishCommand = defineCommand({
  meta: { name: "publish", description: "put a built front-end on an account's subdomain" },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options }, () =>
      publishFolder({ ...args, singlePage: args["single-page"], quiet: args.json === true }),
    ),
});

type PublishArguments = {
  readonly folder: string;
  readonly app: string;
  readonly singlePage: boolean | undefined;
  readonly csp?: string | undefined;
  readonly delete?: boolean | undefined;
  readonly key?: string | undefined;
  readonly node?: string | undefined;
  readonly quiet: boolean;
};

async function publishFolder(args: PublishArguments): Promise<Result<Report, CliError>> {
  const account = parseAccountName(args.app);
  if (!account.ok) return err({ code: "account-name-invalid", name: args.app });
  const files = scanFolder(resolve(args.folder));
  if (!files.ok) return files;
  const key = findKey(args.key, account.value);
  if (!key.ok) return key;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;

  const startMs = performance.now();
  const totalBytes = files.value.reduce((sum, local) => sum + local.sizeBytes, 0);
  const title = `Publishing ${files.value.length} files (${sizeText(totalBytes)})`;
  const bar = openProgress({ totalBytes, title, quiet: args.quiet });
  const published = await publish({
    node: node.value,
    key: key.value,
    account: account.value,
    files: files.value,
    singlePage: args.singlePage,
    csp: args.csp,
    deleteOthers: args.delete === true,
    onFile: (local) => bar.advance(local.sizeBytes, local.path),
  });
  if (!published.ok) {
    bar.failed();
    return published;
  }
  const { uploaded, unchanged, deleted, sentBytes } = published.value;
  const seconds = (performance.now() - startMs) / 1000;
  const removed = deleted > 0 ? `, ${deleted} removed` : "";
  bar.done(
    `${uploaded} uploaded, ${unchanged} unchanged${removed}; ${sizeText(sentBytes)} sent in ${seconds.toFixed(1)} s`,
  );
  const url = siteUrl(node.value, account.value);
  const json = {
    account: account.value,
    url,
    files: files.value.length,
    seconds,
    ...published.value,
  };
  return ok({ text: `Published: ${url}`, json });
}
