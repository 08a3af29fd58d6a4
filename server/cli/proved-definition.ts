import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { openMachine } from "@kith/sandbox/machine";
import type { LightClient, LightClientError } from "@kith/sdk/light-client";
import { table } from "@kith/sdk/table";
import { account, accountNameConstant, bytes, checksum, u8 } from "@kith/sdk/types";

import type { CliError } from "./cli-error.ts";
import { cliErrorOf } from "./light-fault.ts";
import type { LightNode } from "./light-node.ts";

const setcode = accountNameConstant("setcode");

/** As `setcode` declares them: where nodes themselves read what runs on an account, and its code. */
const installed = {
  service: setcode,
  table: table("code", { account, codeHash: checksum, vm: u8 }, { key: ["account"] }),
  tableNumber: 0,
} as const;
const contents = {
  service: setcode,
  table: table("contents", { hash: checksum, code: bytes }, { key: ["hash"] }),
  tableNumber: 2,
} as const;

/**
 * What a service declares, without believing a node: its code is proved, and runs here as far as its declarations go, in the machine in
 * which nodes run it.
 */
export async function provedDefinition(
  { light, url }: LightNode,
  service: AccountName,
): Promise<Result<ServiceDefinition, CliError>> {
  const code = await provedCode(light, service);
  if (!code.ok) return err(cliErrorOf(code.error, url));
  if (code.value === undefined) return err({ code: "service-not-installed", service });
  const described = openMachine().describe(code.value.vm, code.value.bytes);
  if (described.ok) return ok(described.value.definition);
  return err({ code: "service-unusable", source: service, reason: described.error.message });
}

async function provedCode(
  light: LightClient,
  service: AccountName,
): Promise<
  Result<{ readonly vm: number; readonly bytes: Uint8Array } | undefined, LightClientError>
> {
  const runs = await light.row({ ...installed, key: { account: service } });
  if (!runs.ok || runs.value.value === undefined) return runs.ok ? ok(undefined) : runs;
  const { codeHash: hash, vm } = runs.value.value;
  const content = await light.row({ ...contents, key: { hash } });
  if (!content.ok) return content;
  const { value } = content.value;
  return ok(value === undefined ? undefined : { vm, bytes: value.code });
}
