import { err, ok, type Result } from "@kith/protocol/result";
import type { ArgsDef, ParsedArgs } from "citty";

import { describeError, errorFacts, exitStatus, exitStatusOf, type CliError } from "./cli-error.ts";
import { defaultNode } from "./node-address.ts";

/** What a command has to tell: text for people, the same as JSON for programs. */
export type Report = { readonly text: string; readonly json: Readonly<Record<string, unknown>> };

export const jsonOption = {
  json: { type: "boolean", description: "answer with JSON" },
} as const satisfies ArgsDef;

export const nodeOption = {
  node: {
    type: "string",
    valueHint: "url",
    description: `the node to talk to (default: KITH_NODE, or ${defaultNode})`,
  },
} as const satisfies ArgsDef;

export const keyOption = {
  key: {
    type: "string",
    valueHint: "file",
    description:
      "the key to sign with (default: the account's own in the keys folder, or default.pem there)",
  },
} as const satisfies ArgsDef;

export function nodeOf(args: { readonly node?: string | undefined }): string {
  return given(args.node) ?? given(process.env["KITH_NODE"]) ?? defaultNode;
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}

type Invocation<T extends ArgsDef> = {
  readonly args: ParsedArgs<T>;
  readonly options: T;
  /** The last word may stand many times. */
  readonly manyWords?: boolean;
};

/** Runs a command, prints what it reports or what went wrong, and leaves the exit status behind. */
export async function runReporting<T extends ArgsDef>(
  { args, options, manyWords = false }: Invocation<T>,
  command: () => Promise<Result<Report, CliError>> | Result<Report, CliError>,
): Promise<void> {
  const json = args["json"] === true;
  const known = checkKnown(args, options, manyWords);
  const done = known.ok ? await command() : known;
  if (done.ok) {
    print(process.stdout, json ? JSON.stringify(done.value.json) : done.value.text);
    process.exitCode = exitStatus.done;
    return;
  }
  const message = describeError(done.error);
  if (json)
    print(process.stdout, JSON.stringify({ error: { ...errorFacts(done.error), message } }));
  else print(process.stderr, `kith: ${message}`);
  process.exitCode = exitStatusOf(done.error);
}

/** citty passes over options that it does not know; a mistyped one would be silently without effect. */
function checkKnown(
  args: Readonly<Record<string, unknown>> & { readonly _: readonly string[] },
  options: ArgsDef,
  manyWords: boolean,
): Result<void, CliError> {
  const known = new Set(Object.keys(options).map(plain));
  const isKnown = (name: string) => known.has(name) || known.has(name.replace(/^no/, ""));
  const unknown = Object.keys(args).find((name) => name !== "_" && !isKnown(plain(name)));
  if (unknown !== undefined) {
    const message = `There is no option --${unknown}. "bun run kith COMMAND --help" lists those that there are.`;
    return err({ code: "usage", message });
  }
  const places = Object.values(options).filter(({ type }) => type === "positional").length;
  const extra = args._[places];
  if (extra === undefined || manyWords) return ok(undefined);
  return err({ code: "usage", message: `"${extra}" is one word too many.` });
}

/** `single-page` and `singlePage` are one option. */
function plain(name: string): string {
  return name.replaceAll("-", "").toLowerCase();
}

function print(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text}\n`);
}
