#!/usr/bin/env bun
import { stripVTControlCharacters } from "node:util";

import { defineCommand, renderUsage, runCommand, type CommandDef } from "citty";

import { accountCommand } from "./account-command.ts";
import { exitStatus } from "./cli-error.ts";
import { clientCommand } from "./client-command.ts";
import { indexCommand } from "./index-command.ts";
import { installCommand } from "./install-command.ts";
import { inviteCommand } from "./invite-command.ts";
import { keyCommand } from "./key-command.ts";
import { listCommand } from "./list-command.ts";
import { packageCommand } from "./package-command.ts";
import { producersCommand } from "./producers-command.ts";
import { publishCommand } from "./publish-command.ts";
import { removeCommand } from "./remove-command.ts";
import { snapshotCommand } from "./snapshot-command.ts";
import { statusCommand } from "./status-command.ts";
import { testCommand } from "./test-command.ts";
import { verifyCommand } from "./verify-command.ts";

const kith = defineCommand({
  meta: {
    name: "kith",
    description:
      "Make keys and accounts, publish front-ends, test and install packages on a Kith network.",
  },
  subCommands: {
    key: keyCommand,
    account: accountCommand,
    invite: inviteCommand,
    publish: publishCommand,
    test: testCommand,
    package: packageCommand,
    index: indexCommand,
    install: installCommand,
    remove: removeCommand,
    list: listCommand,
    client: clientCommand,
    snapshot: snapshotCommand,
    status: statusCommand,
    producers: producersCommand,
    verify: verifyCommand,
  },
});

const words = process.argv.slice(2);
const helpWanted = words.length === 0 || words.some((word) => word === "--help" || word === "-h");
if (helpWanted) {
  process.stdout.write(`${await usageFor(kith, [], words)}\n`);
} else {
  try {
    await runCommand(kith, { rawArgs: words });
  } catch (fault) {
    // citty's own errors are about the command line; anything else is a fault of this program.
    if (!(fault instanceof Error) || fault.name !== "CLIError") throw fault;
    const message = process.stderr.isTTY ? fault.message : stripVTControlCharacters(fault.message);
    process.stderr.write(`kith: ${message}\n\n${await usageFor(kith, [], words)}\n`);
    process.exitCode = exitStatus.usage;
  }
}

/**
 * The usage of the command that the words lead to; `path` are those that led to this one: citty itself knows only the
 * one before.
 */
async function usageFor(
  command: CommandDef,
  path: readonly string[],
  following: readonly string[],
): Promise<string> {
  const subCommands: unknown = await command.subCommands;
  const [first, ...rest] = following;
  if (first !== undefined && isCommands(subCommands)) {
    const next = subCommands[first];
    if (next !== undefined) return usageFor(next, [...path, first], rest);
  }
  const parents = ["kith", ...path].slice(0, -1);
  const parent = parents.length === 0 ? undefined : { meta: { name: parents.join(" ") } };
  const usage = await renderUsage(command, parent);
  return process.stdout.isTTY ? usage : stripVTControlCharacters(usage);
}

function isCommands(value: unknown): value is Readonly<Record<string, CommandDef | undefined>> {
  return typeof value === "object" && value !== null;
}
