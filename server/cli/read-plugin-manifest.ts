import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";

import { bundlePlugin } from "@kith/packaging/bundle-plugin";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { pluginPaths } from "@kith/sdk/system/sites";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { findNode, getJson } from "./node-client.ts";
import { reasonOf } from "./reason-of.ts";

/** JSON text of what a plugin says of itself: the one that is installed on an account, of a plugin's source, or from a file. */
export async function readPluginManifest(
  source: string,
  nodeUrl: string,
): Promise<Result<string, CliError>> {
  if (parseAccountName(source).ok) return ofAccount(source, nodeUrl);
  const path = resolve(source);
  return extname(path) === ".json" ? ofJson(path) : ofSource(path);
}

async function ofAccount(account: string, nodeUrl: string): Promise<Result<string, CliError>> {
  const node = await findNode(nodeUrl);
  if (!node.ok) return node;
  const wanted = { account, target: pluginPaths.manifest };
  const answer = await getJson(node.value, wanted, z.record(z.string(), z.unknown()));
  return answer.ok ? ok(JSON.stringify(answer.value)) : answer;
}

function ofJson(path: string): Result<string, CliError> {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch (fault) {
    return err({ code: "file-unreadable", path, reason: reasonOf(fault) });
  }
}

async function ofSource(path: string): Promise<Result<string, CliError>> {
  const made = await bundlePlugin(path);
  if (made.ok) return ok(new TextDecoder().decode(made.value.manifest));
  return err({ code: "app-invalid", fault: made.error });
}
