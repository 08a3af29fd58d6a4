import { toHex } from "@kith/sdk/bytes";
import type { QueryContext } from "@kith/sdk/context";
import { queryParameters } from "@kith/sdk/query-parameters";
import { errorReply, jsonReply, type HttpReply, type HttpRequest } from "@kith/sdk/reply";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { setcodeInterface } from "@kith/sdk/system/setcode";
import { transactInterface } from "@kith/sdk/system/transact";
import { parseAccountName, type AccountName } from "@kith/sdk/types";

import { askedAccountsMax, listedPackagesMax } from "./limits.ts";
import { installed, manifests, members, type PackageKey } from "./tables.ts";

/** What somebody who installs asks `packages`. */
export function serveInstallers(
  context: QueryContext,
  { method, path, query }: HttpRequest,
): HttpReply | undefined {
  if (method !== "GET" && method !== "HEAD") return undefined;
  const parameters = queryParameters(query);
  switch (path) {
    case "/packages":
      return listReply(context, parameters);
    case "/manifest":
      return manifestReply(context, parameters);
    case "/accounts":
      return accountsReply(context, parameters.get("names") ?? "");
    default:
      return undefined;
  }
}

type Parameters = ReadonlyMap<string, string>;

/** `GET /packages?afterName=&afterOwner=`: all packages by name and owner, a page at a time. */
function listReply(context: QueryContext, parameters: Parameters): HttpReply {
  const after = keyOf(parameters.get("afterName"), parameters.get("afterOwner"));
  if (after === "malformed") return malformedKey();
  const rows = context.table(installed).range({
    ...(after === undefined ? {} : { after }),
    limit: listedPackagesMax,
  });
  const last = rows.length === listedPackagesMax ? rows.at(-1) : undefined;
  const next = last === undefined ? undefined : { name: last.name, owner: last.owner };
  return jsonReply({ packages: rows, next });
}

/** `GET /manifest?owner=&name=` */
function manifestReply(context: QueryContext, parameters: Parameters): HttpReply {
  const key = keyOf(parameters.get("name"), parameters.get("owner"));
  if (key === "malformed" || key === undefined) return malformedKey();
  const row = context.table(manifests).get(key);
  if (row === undefined) {
    return errorReply(404, "package-unknown", `${key.owner} has no package ${key.name}`);
  }
  return jsonReply({ manifest: toHex(row.data) });
}

function keyOf(
  name: string | undefined,
  ownerText: string | undefined,
): PackageKey | "malformed" | undefined {
  if (name === undefined && ownerText === undefined) return undefined;
  const owner = parseAccountName(ownerText ?? "");
  return name === undefined || !owner.ok ? "malformed" : { name, owner: owner.value };
}

function malformedKey(): HttpReply {
  return errorReply(400, "package-key-malformed", "a package is named by its owner and its name");
}

/** `GET /accounts?names=alice,bob`: what is on these accounts, and who may make new ones. */
function accountsReply(context: QueryContext, names: string): HttpReply {
  const texts = names === "" ? [] : names.split(",");
  if (texts.length > askedAccountsMax) {
    return errorReply(413, "too-many-accounts", `ask for at most ${askedAccountsMax} at once`);
  }
  const accounts: AccountName[] = [];
  for (const text of texts) {
    const name = parseAccountName(text);
    if (!name.ok) return errorReply(400, "account-name-invalid", "`names` are names of accounts");
    accounts.push(name.value);
  }
  return jsonReply({
    networkOwner: context.call(transactInterface).network({})?.owner,
    registrationOpen: context.call(accountsInterface).openRegistration({}),
    accounts: accounts.map((name) => accountFacts(context, name)),
  });
}

function accountFacts(context: QueryContext, name: AccountName): object {
  const member = context.table(members).get({ account: name });
  return {
    name,
    exists: context.call(accountsInterface).exists({ name }),
    authService: context.call(accountsInterface).authServiceOf({ name }),
    code: context.call(setcodeInterface).codeOf({ account: name }),
    package: member === undefined ? undefined : { owner: member.owner, name: member.name },
  };
}
