import { findEvent } from "@kith/chain/declared-events";
import { rowAddressOf } from "@kith/chain/row-address";
import type { Consensus } from "@kith/protocol/block";
import { quorumSize } from "@kith/protocol/certificate";
import { parseTransactionId } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ProvedHeader } from "@kith/sdk/light-client";
import { defineCommand, type ArgsDef } from "citty";

import type { CliError } from "./cli-error.ts";
import { jsonOption, runReporting, type Report } from "./command-line.ts";
import { jsonOf } from "./json-of.ts";
import { cliErrorOf } from "./light-fault.ts";
import { openLightNode, trustOptions, type LightNode, type TrustArguments } from "./light-node.ts";
import { provedDefinition } from "./proved-definition.ts";

const headerOptions = {
  num: {
    type: "positional",
    required: false,
    description: "the block's number (default: the newest)",
  },
  ...trustOptions,
  ...jsonOption,
} as const satisfies ArgsDef;

const rowOptions = {
  service: { type: "positional", required: true, description: "the service that keeps the row" },
  table: { type: "positional", required: true, description: "its table" },
  key: {
    type: "positional",
    required: true,
    description: `the row's key as JSON, such as '{"name":"alice"}'`,
  },
  ...trustOptions,
  ...jsonOption,
} as const satisfies ArgsDef;

const eventOptions = {
  transaction: {
    type: "positional",
    required: true,
    description: "the id of the transaction that emitted it",
  },
  index: {
    type: "positional",
    required: false,
    default: "0",
    description: "its place among the transaction's Merkle events, from 0",
  },
  ...trustOptions,
  ...jsonOption,
} as const satisfies ArgsDef;

const verifyHeader = defineCommand({
  meta: { name: "header", description: "a final block's header" },
  args: headerOptions,
  run: ({ args }) =>
    runReporting({ args, options: headerOptions }, () =>
      verified(args, (node) => proveHeader(node, args.num)),
    ),
});

const verifyRow = defineCommand({
  meta: { name: "row", description: "a row as it is now, or that there is none" },
  args: rowOptions,
  run: ({ args }) =>
    runReporting({ args, options: rowOptions }, () =>
      verified(args, (node) => proveRow(node, args)),
    ),
});

const verifyEvent = defineCommand({
  meta: { name: "event", description: "that a Merkle event happened" },
  args: eventOptions,
  run: ({ args }) =>
    runReporting({ args, options: eventOptions }, () =>
      verified(args, (node) => proveEvent(node, args)),
    ),
});

export const verifyCommand = defineCommand({
  meta: {
    name: "verify",
    description: "prove by the producers' signatures what a node shows, without believing it",
  },
  subCommands: { header: verifyHeader, row: verifyRow, event: verifyEvent },
});

/** What was proved, in words and for programs, and the header that says so. */
type Proof = {
  readonly what: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly by: ProvedHeader;
};

async function verified(
  args: TrustArguments,
  prove: (node: LightNode) => Promise<Result<Proof, CliError>>,
): Promise<Result<Report, CliError>> {
  const node = await openLightNode(args);
  if (!node.ok) return node;
  const proof = await prove(node.value);
  if (!proof.ok) return proof;
  const kept = node.value.keep();
  return kept.ok ? ok(reportOf(node.value, proof.value)) : kept;
}

async function proveHeader(
  { light, url }: LightNode,
  text: string | undefined,
): Promise<Result<Proof, CliError>> {
  if (text !== undefined && !/^[1-9][0-9]{0,9}$/.test(text)) {
    const message = `A block's number is a whole number from 1, not "${text}".`;
    return err({ code: "usage", message });
  }
  const proved = await (text === undefined ? light.newest() : light.header(Number(text)));
  if (!proved.ok) return err(cliErrorOf(proved.error, url));
  const { header } = proved.value;
  const lines = [
    `Block ${header.blockNum} is final.`,
    `state root   ${header.stateRoot} (after block ${header.executedNum})`,
    `event root   ${header.eventRoot}`,
  ];
  return ok({ what: lines.join("\n"), facts: {}, by: proved.value });
}

type RowArguments = { readonly service: string; readonly table: string; readonly key: string };

async function proveRow(
  node: LightNode,
  { service: serviceText, table, key }: RowArguments,
): Promise<Result<Proof, CliError>> {
  const service = parseAccountName(serviceText);
  if (!service.ok) return err({ code: "account-name-invalid", name: serviceText });
  const keyJson = jsonOf(key);
  if (keyJson === undefined) {
    return err({
      code: "usage",
      message: `The key is JSON such as '{"name":"alice"}', not ${key}`,
    });
  }
  const definition = await provedDefinition(node, service.value);
  if (!definition.ok) return definition;
  const found = rowAddressOf(definition.value, table, keyJson);
  if (!found.ok) {
    const { error } = found;
    const message =
      error.code === "table-unknown"
        ? `${serviceText} has no table ${table}; it has ${definition.value.tables.map(({ name }) => name).join(", ")}.`
        : `The key does not fit: ${error.path} has to be ${error.expected}.`;
    return err({ code: "usage", message });
  }
  const { jsonOf: rowJsonOf } = found.value;
  const address = { ...found.value.address, service: service.value };
  const row = await node.light.packedRow({
    address,
    table,
    keyJson: JSON.stringify(keyJson),
  });
  if (!row.ok) return err(cliErrorOf(row.error, node.url));
  const { value: packed, by } = row.value;
  const value = packed === undefined ? null : rowJsonOf(packed);
  const place = `${serviceText}.${table} ${JSON.stringify(keyJson)}`;
  const after = `after block ${by.header.executedNum}`;
  const what =
    packed === undefined
      ? `There is no row ${place} ${after}.`
      : `${place} ${after}:\n${JSON.stringify(value, null, 2)}`;
  return ok({ what, facts: { service: serviceText, table, row: value }, by });
}

type EventArguments = { readonly transaction: string; readonly index: string };

async function proveEvent(
  node: LightNode,
  { transaction, index }: EventArguments,
): Promise<Result<Proof, CliError>> {
  const id = parseTransactionId(transaction);
  if (!id.ok || !/^[0-9]{1,9}$/.test(index)) {
    const message = "An event is named by its transaction's id, 64 hex digits, and a whole number.";
    return err({ code: "usage", message });
  }
  const proved = await node.light.eventRecord(id.value, Number(index));
  if (!proved.ok) return err(cliErrorOf(proved.error, node.url));
  const { value: record, by } = proved.value;
  const definition = await provedDefinition(node, record.service);
  if (!definition.ok) return definition;
  const declared = findEvent(definition.value, record.type);
  const data = declared?.type.unpackJson(record.rawData);
  const name = declared?.name ?? record.type;
  const { service, blockNum } = record;
  const facts = { service, event: name, transactionId: transaction, blockNum, id: record.id };
  // A later version of the service may declare it no more.
  const json =
    data?.ok === true ? data.value : { packed: Buffer.from(record.rawData).toString("hex") };
  const what = `${service}.${name} happened in block ${blockNum}:\n${JSON.stringify(json, null, 2)}`;
  return ok({ what, facts: { ...facts, data: json }, by });
}

function reportOf({ light, url }: LightNode, { what, facts, by }: Proof): Report {
  const { header, id } = by;
  const { checkpoint } = light;
  const joint = checkpoint?.point.joint;
  const sets =
    joint === undefined ? [] : [joint.current, joint.next].filter((set) => set !== undefined);
  const newest = checkpoint?.block.num ?? header.blockNum;
  const time = new Date(header.time / 1000).toISOString();
  const lines = [
    what,
    "",
    `proved by    block ${header.blockNum} (${id})`,
    ...(newest > header.blockNum ? [`by way of    block ${newest}`] : []),
    ...(newest === 1
      ? ["signed by    nobody: it is the network's first block, whose id you believe in"]
      : sets.map((set) => `signed by    ${describeSigners(set)}`)),
    `made at      ${time}; whether there is something newer, ${url} may not tell`,
  ];
  const block = { num: header.blockNum, id, time, executedNum: header.executedNum };
  const roots = { stateRoot: header.stateRoot, eventRoot: header.eventRoot };
  const json = { ...facts, block, ...roots, checkpoint: checkpoint?.block, producers: sets };
  return { text: lines.join("\n"), json };
}

function describeSigners({ algorithm, producers }: Consensus): string {
  const names = producers.map(({ account }) => account).join(", ");
  return `at least ${quorumSize(algorithm, producers.length)} of ${names} (${algorithm})`;
}
