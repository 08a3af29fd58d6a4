import { unpackManifest, type Manifest } from "@kith/packaging/manifest";
import type { AccountView, InstalledPackage } from "@kith/packaging/network-view";
import { fromHex } from "@kith/protocol/hashes";
import { parseChecksum, type AccountName, type Checksum } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { z, type ZodType } from "zod";

import type { CliError } from "./cli-error.ts";
import { askedAccountsMax, askedCodesMax } from "./limits.ts";
import { getJson, type NodeClient } from "./node-client.ts";

const checksum: ZodType<Checksum> = z.string().transform((text, context) => {
  const hash = parseChecksum(text);
  if (hash.ok) return hash.value;
  context.addIssue("not a sha256");
  return z.NEVER;
});

const account: ZodType<AccountName> = z.string().transform((text, context) => {
  const name = parseAccountName(text);
  if (name.ok) return name.value;
  context.addIssue("not an account name");
  return z.NEVER;
});

const installedPackage: ZodType<InstalledPackage> = z.object({
  name: z.string(),
  owner: account,
  version: z.string(),
  description: z.string(),
  depends: z.array(z.object({ name: z.string(), version: z.string() })),
  accounts: z.array(account),
  services: z.array(account),
  hash: checksum,
});

const packagesPage = z.object({
  packages: z.array(installedPackage),
  next: z.object({ name: z.string(), owner: z.string() }).optional(),
});

/** All packages of the network, by name and owner. */
export async function listPackages(
  node: NodeClient,
): Promise<Result<readonly InstalledPackage[], CliError>> {
  const found: InstalledPackage[] = [];
  let query = "";
  for (;;) {
    const target = `/packages${query}`;
    const answer = await getJson(node, { account: "packages", target }, packagesPage);
    if (!answer.ok) return answer;
    found.push(...answer.value.packages);
    const { next } = answer.value;
    if (next === undefined) return ok(found);
    query = `?afterName=${encodeURIComponent(next.name)}&afterOwner=${next.owner}`;
  }
}

const manifestAnswer = z.object({ manifest: z.string() });

export async function readManifest(
  node: NodeClient,
  { name, owner }: InstalledPackage,
): Promise<Result<Manifest, CliError>> {
  const target = `/manifest?owner=${owner}&name=${encodeURIComponent(name)}`;
  const answer = await getJson(node, { account: "packages", target }, manifestAnswer);
  if (!answer.ok) return answer;
  const packed = fromHex(answer.value.manifest);
  const manifest = packed.ok ? unpackManifest(packed.value) : undefined;
  if (manifest !== undefined) return ok(manifest);
  const reason = `the manifest of ${name} is unreadable`;
  return err({ code: "answer-invalid", url: node.address.text, reason });
}

const accountsAnswer = z.object({
  accounts: z.array(
    z.object({
      name: account,
      exists: z.boolean(),
      code: z.object({ vm: z.int(), codeHash: checksum }).optional(),
      package: z.object({ owner: account, name: z.string() }).optional(),
    }),
  ),
});

/** What is on these accounts. */
export async function readAccounts(
  node: NodeClient,
  names: readonly AccountName[],
): Promise<Result<ReadonlyMap<AccountName, AccountView>, CliError>> {
  const views = new Map<AccountName, AccountView>();
  for (let at = 0; at < names.length; at += askedAccountsMax) {
    const asked = names.slice(at, at + askedAccountsMax).join(",");
    const target = `/accounts?names=${asked}`;
    const answer = await getJson(node, { account: "packages", target }, accountsAnswer);
    if (!answer.ok) return answer;
    for (const { name, exists, code, package: member } of answer.value.accounts) {
      views.set(name, {
        exists,
        ...(code === undefined ? {} : { code }),
        ...(member === undefined ? {} : { package: member }),
      });
    }
  }
  return ok(views);
}

const stagedAnswer = z.object({ pieces: z.array(z.object({ hash: checksum })) });

/** Pieces of code that wait on an account. */
export async function readStaged(
  node: NodeClient,
  name: AccountName,
): Promise<Result<ReadonlySet<Checksum>, CliError>> {
  const target = `/staged?account=${name}`;
  const answer = await getJson(node, { account: "setcode", target }, stagedAnswer);
  return answer.ok ? ok(new Set(answer.value.pieces.map(({ hash }) => hash))) : answer;
}

const knownAnswer = z.object({ known: z.array(checksum) });

/** Which of these codes some account has. */
export async function knownCodes(
  node: NodeClient,
  hashes: readonly Checksum[],
): Promise<Result<ReadonlySet<Checksum>, CliError>> {
  const known = new Set<Checksum>();
  for (let at = 0; at < hashes.length; at += askedCodesMax) {
    const target = `/known?hashes=${hashes.slice(at, at + askedCodesMax).join(",")}`;
    const answer = await getJson(node, { account: "setcode", target }, knownAnswer);
    if (!answer.ok) return answer;
    for (const hash of answer.value.known) known.add(hash);
  }
  return ok(known);
}
