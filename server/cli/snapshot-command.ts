import { checkpointCodec } from "@kith/protocol/checkpoint";
import { err, ok, type Result } from "@kith/protocol/result";
import { openMachine } from "@kith/sandbox/machine";
import { loadFolder } from "@kith/snapshots/load-folder";
import type { SnapshotFile } from "@kith/snapshots/snapshot-file";
import { openProvedFile, verifyChunks, type Trusted } from "@kith/snapshots/verify-file";
import { defineCommand, type ArgsDef } from "citty";

import type { CliError } from "./cli-error.ts";
import { jsonOption, nodeOf, nodeOption, runReporting, type Report } from "./command-line.ts";
import { downloadFile } from "./download-file.ts";
import { trustedOf, trustOptions, type TrustArguments } from "./light-node.ts";
import { findNode } from "./node-client.ts";
import { openProgress } from "./progress.ts";
import { sizeText } from "./size-text.ts";

const fileOption = {
  file: { type: "positional", required: true, description: "the snapshot's file" },
} as const satisfies ArgsDef;

const { chain, checkpoint } = trustOptions;
const believedOptions = {
  chain,
  checkpoint: {
    ...checkpoint,
    description: "what was proved of the network before, as kept by verify",
  },
} as const satisfies ArgsDef;

const createOptions = {
  ...fileOption,
  "admin-key": {
    type: "string",
    valueHint: "secret",
    description:
      "from admin.secret in the node's data folder, when asking from another machine (or KITH_ADMIN_KEY)",
  },
  ...nodeOption,
  ...jsonOption,
} as const satisfies ArgsDef;

const verifyOptions = { ...fileOption, ...believedOptions, ...jsonOption } as const;

const loadOptions = {
  ...fileOption,
  data: {
    type: "positional",
    required: true,
    description: "the data folder to make, for a node that was never started",
  },
  ...believedOptions,
  ...jsonOption,
} as const satisfies ArgsDef;

const createSnapshot = defineCommand({
  meta: {
    name: "create",
    description: "have a node write the whole state into a file; its blocks go on",
  },
  args: createOptions,
  run: ({ args }) => runReporting({ args, options: createOptions }, () => create(args)),
});

const verifySnapshot = defineCommand({
  meta: {
    name: "verify",
    description: "check a file, which takes no node and no trust in whoever made it",
  },
  args: verifyOptions,
  run: ({ args }) => runReporting({ args, options: verifyOptions }, () => verify(args)),
});

const loadSnapshot = defineCommand({
  meta: { name: "load", description: "make the data folder of a new node that starts from a file" },
  args: loadOptions,
  run: ({ args }) => runReporting({ args, options: loadOptions }, () => load(args)),
});

export const snapshotCommand = defineCommand({
  meta: { name: "snapshot", description: "the whole state of a network as a file" },
  subCommands: { create: createSnapshot, verify: verifySnapshot, load: loadSnapshot },
});

/** Longer than a node tries. */
const createMsMax = 660_000;

type CreateArguments = {
  readonly file: string;
  readonly "admin-key"?: string | undefined;
  readonly node?: string | undefined;
};

async function create(args: CreateArguments): Promise<Result<Report, CliError>> {
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const adminKey = args["admin-key"] ?? process.env["KITH_ADMIN_KEY"];
  const headers: Record<string, string> =
    adminKey === undefined ? {} : { authorization: `Bearer ${adminKey}` };
  const { file: path } = args;
  const wanted = { account: "x-admin", target: "/snapshot", headers, path, timeoutMs: createMsMax };
  const written = await downloadFile(node.value, wanted);
  if (!written.ok) return written;
  const text = `${path}: ${sizeText(written.value)}\nWhoever gets it checks it with "bun run kith snapshot verify FILE --chain ID".`;
  return ok({ text, json: { file: path, sizeBytes: written.value } });
}

type FileArguments = TrustArguments & {
  readonly file: string;
  readonly json?: boolean | undefined;
};

function verify(args: FileArguments): Result<Report, CliError> {
  return withFile(args, (file) => {
    const shown = progressOver(file, "Checking every row", args.json === true);
    const checked = verifyChunks(file, shown.onChunk);
    if (!checked.ok)
      return err({ code: "snapshot-not-believed", path: args.file, fault: checked.error });
    shown.done("Every row is what the producers have signed.");
    return ok(reportOf(args.file, file, "It is whole, and signed by the producers of the network"));
  });
}

type LoadArguments = FileArguments & { readonly data: string };

async function load(args: LoadArguments): Promise<Result<Report, CliError>> {
  const { data: folder, file: path } = args;
  const opened = openBelieved(args);
  if (!opened.ok) return opened;
  const file = opened.value;
  const shown = progressOver(file, "Making the state", args.json === true);
  const { onChunk } = shown;
  const loaded = await loadFolder({ file, folder, machine: openMachine(), onChunk });
  file.close();
  if (!loaded.ok) {
    const fault = loaded.error;
    switch (fault.code) {
      case "snapshot-chunk-wrong":
      case "snapshot-ends-early":
      case "snapshot-event-root-differs":
        return err({ code: "snapshot-not-believed", path, fault });
      case "folder-not-fresh":
      case "folder-in-use":
      case "log-not-made":
        return err({ code: "folder-not-made", folder, fault });
    }
  }
  shown.done("The state is made.");
  return ok(reportOf(path, file, `${folder} is ready: "bun run node --data ${folder} --join URL"`));
}

function withFile(
  args: FileArguments,
  run: (file: SnapshotFile) => Result<Report, CliError>,
): Result<Report, CliError> {
  const opened = openBelieved(args);
  if (!opened.ok) return opened;
  try {
    return run(opened.value);
  } finally {
    opened.value.close();
  }
}

function openBelieved(args: FileArguments): Result<SnapshotFile, CliError> {
  const given = trustedOf(args);
  if (!given.ok) return given;
  const trusted: Trusted =
    typeof given.value === "string" ? given.value : checkpointCodec.trustedUnpack(given.value);
  const opened = openProvedFile(args.file, trusted);
  if (opened.ok) return opened;
  return err({ code: "snapshot-not-believed", path: args.file, fault: opened.error });
}

function progressOver(file: SnapshotFile, title: string, quiet: boolean) {
  const { chunks } = file.manifest;
  const shown = openProgress({ totalBytes: chunks.sizeBytes, title, quiet });
  return {
    onChunk: (count: number) => shown.advance(chunks.sizeOf(count - 1), `chunk ${count}`),
    done: (message: string) => shown.done(message),
  };
}

function reportOf(path: string, { manifest }: SnapshotFile, text: string): Report {
  const { chain: network, block, stateRoot, chunks } = manifest;
  const num = block.header.blockNum;
  const lines = [`${text}.`, `The state after block ${num} of the network ${network}.`];
  const facts = { chain: network, num, blockId: block.id, stateRoot, sizeBytes: chunks.sizeBytes };
  return { text: lines.join("\n"), json: { file: path, ...facts } };
}
