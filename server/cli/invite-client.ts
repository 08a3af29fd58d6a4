import { fromHex, toHex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import type { Result } from "@kith/protocol/result";
import { inviteInterface } from "@kith/sdk/system/invite";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { getJson, type NodeClient } from "./node-client.ts";

const account = z.string().transform((text, context): AccountName => {
  const name = parseAccountName(text);
  if (name.ok) return name.value;
  context.addIssue("not an account name");
  return z.NEVER;
});

const bytes = z.string().transform((text, context): Uint8Array => {
  const data = fromHex(text.toLowerCase());
  if (data.ok) return data.value;
  context.addIssue("not bytes");
  return z.NEVER;
});

const invite = z.object({
  key: bytes,
  inviter: account,
  app: account,
  expiresAt: z.coerce.number(),
  usesMax: z.number(),
  uses: z.number(),
  memo: z.string(),
  state: z.enum(["open", "expired", "used-up", "revoked"]),
});

/** An invite as the network has it; times in microseconds. */
export type ListedInvite = z.infer<typeof invite>;

/** The newest first. */
export function listInvites(
  node: NodeClient,
  inviter: AccountName,
): Promise<Result<readonly ListedInvite[], CliError>> {
  const target = `/query/invitesOf?inviter=${inviter}`;
  return getJson(node, { account: inviteInterface.name, target }, z.array(invite));
}

/** Null when there is none with this key (SPKI). */
export function findInvite(
  node: NodeClient,
  key: Uint8Array,
): Promise<Result<ListedInvite | null, CliError>> {
  const target = `/query/inviteOf?key=${toHex(key)}`;
  return getJson(node, { account: inviteInterface.name, target }, invite.nullable());
}
