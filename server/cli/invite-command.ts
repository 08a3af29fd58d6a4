import { randomBytes } from "node:crypto";

import { fromHex, toHex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { parsePublicKey, spkiOf } from "@kith/protocol/keys";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { inviteHost, inviteLink, parseInviteFragment } from "@kith/sdk/invite-link";
import { inviteInterface, inviteSecondsMax, inviteUsesMax } from "@kith/sdk/system/invite";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
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
import { findInvite, listInvites, type ListedInvite } from "./invite-client.ts";
import { findKey } from "./key-file.ts";
import { findNode, siteRoot } from "./node-client.ts";
import { sendActions } from "./send-transaction.ts";

const daysMax = inviteSecondsMax / 86_400;
const common = { ...keyOption, ...nodeOption, ...jsonOption } as const;

const createOptions = {
  account: { type: "positional", required: true, description: "who invites, and pays" },
  app: {
    type: "string",
    default: inviteHost,
    valueHint: "account",
    description: "where people are led who accept",
  },
  uses: {
    type: "string",
    default: "1",
    valueHint: "number",
    description: `how many people may come by it, at most ${inviteUsesMax}`,
  },
  days: {
    type: "string",
    default: "7",
    valueHint: "number",
    description: `how long it can be accepted, at most ${daysMax}`,
  },
  memo: { type: "string", default: "", description: "a line for those who get it" },
  ...common,
} as const;

const listOptions = {
  account: { type: "positional", required: true, description: "whose invites" },
  ...nodeOption,
  ...jsonOption,
} as const;

const revokeOptions = {
  invite: {
    type: "positional",
    required: true,
    description: "the link, or the invite's id as `kith invite list` shows it",
  },
  ...common,
} as const;

const create = defineCommand({
  meta: { name: "create", description: "make a link by which others make accounts" },
  args: createOptions,
  run: ({ args }) => runReporting({ args, options: createOptions }, () => createInvite(args)),
});

const list = defineCommand({
  meta: { name: "list", description: "the invites of an account, and what became of them" },
  args: listOptions,
  run: ({ args }) => runReporting({ args, options: listOptions }, () => showInvites(args)),
});

const revoke = defineCommand({
  meta: { name: "revoke", description: "take an invite back" },
  args: revokeOptions,
  run: ({ args }) => runReporting({ args, options: revokeOptions }, () => revokeInvite(args)),
});

export const inviteCommand = defineCommand({
  meta: { name: "invite", description: "links that bring people in" },
  subCommands: { create, list, revoke },
});

type Common = { readonly key?: string | undefined; readonly node?: string | undefined };
type CreateArguments = Common & {
  readonly account: string;
  readonly app: string;
  readonly uses: string;
  readonly days: string;
  readonly memo: string;
};

async function createInvite(args: CreateArguments): Promise<Result<Report, CliError>> {
  const terms = parseTerms(args);
  if (!terms.ok) return terms;
  const { account, app, uses, days } = terms.value;
  const key = findKey(args.key, account);
  if (!key.ok) return key;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const seed = Uint8Array.from(randomBytes(32));
  // A little less, so that this machine's clock may be ahead of the network's.
  const expiresAt = (Date.now() + days * 86_400_000 - clockMs) * 1000;
  const action = packAction(account, inviteInterface, "createInvite", {
    key: publicKeyOf(seed),
    app,
    expiresAt,
    uses,
    memo: args.memo,
  });
  const receipt = await sendActions([action], { node: node.value, key: key.value });
  if (!receipt.ok) return receipt;
  const link = inviteLink(siteRoot(node.value), { seed });
  const until = dateOf(expiresAt);
  const people = uses === 1 ? "One person" : `${uses} people`;
  return ok({
    text: `${link}\n${people} may come by this link until ${until}; ${account} pays. Whoever has it can use it.`,
    json: { link, id: idOf(publicKeyOf(seed)), inviter: account, app, uses, expiresAt },
  });
}

const clockMs = 60_000;

type Terms = {
  readonly account: AccountName;
  readonly app: AccountName;
  readonly uses: number;
  readonly days: number;
};

function parseTerms(args: CreateArguments): Result<Terms, CliError> {
  const account = parseAccountName(args.account);
  if (!account.ok) return err({ code: "account-name-invalid", name: args.account });
  const app = parseAccountName(args.app);
  if (!app.ok) return err({ code: "account-name-invalid", name: args.app });
  const uses = wholeNumber("--uses", args.uses, inviteUsesMax);
  if (!uses.ok) return uses;
  const days = wholeNumber("--days", args.days, daysMax);
  if (!days.ok) return days;
  return ok({ account: account.value, app: app.value, uses: uses.value, days: days.value });
}

function wholeNumber(option: string, text: string, max: number): Result<number, CliError> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return ok(value);
  const message = `${option} takes a whole number from 1 to ${max}, not "${text}".`;
  return err({ code: "usage", message });
}

async function showInvites(
  args: Common & { readonly account: string },
): Promise<Result<Report, CliError>> {
  const account = parseAccountName(args.account);
  if (!account.ok) return err({ code: "account-name-invalid", name: args.account });
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const found = await listInvites(node.value, account.value);
  if (!found.ok) return found;
  const lines = found.value.map(lineOf);
  const text = lines.length === 0 ? `${account.value} has made no invites.` : lines.join("\n");
  return ok({ text, json: { invites: found.value.map(jsonOf) } });
}

function lineOf(invite: ListedInvite): string {
  const { state, uses, usesMax, app, expiresAt, key, memo } = invite;
  const parts = [state.padEnd(7), `${uses} of ${usesMax}`, `into ${app}`];
  return [...parts, `until ${dateOf(expiresAt)}`, idOf(key), memo].join("  ").trimEnd();
}

function jsonOf({ key, ...invite }: ListedInvite): object {
  return { id: idOf(key), ...invite };
}

async function revokeInvite(
  args: Common & { readonly invite: string },
): Promise<Result<Report, CliError>> {
  const key = keyOfInvite(args.invite);
  if (key === undefined) {
    const message = `"${args.invite}" is no link of an invite, nor an id of 64 hex digits.`;
    return err({ code: "usage", message });
  }
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const found = await findInvite(node.value, key);
  if (!found.ok) return found;
  if (found.value === null) {
    return err({ code: "invite-unknown", url: node.value.address.text });
  }
  const { inviter } = found.value;
  const signing = findKey(args.key, inviter);
  if (!signing.ok) return signing;
  const action = packAction(inviter, inviteInterface, "revokeInvite", { key });
  const receipt = await sendActions([action], { node: node.value, key: signing.value });
  if (!receipt.ok) return receipt;
  const text = `Nobody comes by this link any more; ${found.value.uses} did.`;
  return ok({ text, json: { id: idOf(key), inviter } });
}

/** As people tell invites apart: the raw public key. */
function idOf(spki: Uint8Array): string {
  const key = parsePublicKey(spki);
  return key.ok ? toHex(key.value.raw) : toHex(spki);
}

function keyOfInvite(text: string): Uint8Array | undefined {
  const [, fragment] = text.split("#", 2);
  const link = fragment === undefined ? undefined : parseInviteFragment(fragment);
  if (link !== undefined) return publicKeyOf(link.seed);
  const raw = fromHex(text.toLowerCase());
  if (!raw.ok || raw.value.length !== 32) return undefined;
  return spkiOf({ kind: "ed25519", raw: raw.value });
}

function dateOf(micros: number): string {
  return new Date(micros / 1000).toISOString().slice(0, 16).replace("T", " ");
}
