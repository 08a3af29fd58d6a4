import { setTimeout as sleep } from "node:timers/promises";

import {
  parseBlockId,
  parseTransactionId,
  type BlockId,
  type TransactionId,
} from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { z, type ZodType } from "zod";

import type { CliError } from "./cli-error.ts";
import { exchange, type Answer, type Exchange } from "./http-exchange.ts";
import { jsonOf } from "./json-of.ts";
import { parseNodeAddress, type NodeAddress } from "./node-address.ts";

/** A node that has been found, and the name of its network. */
export type NodeClient = {
  readonly address: NodeAddress;
  /** The root host with its port, as the node itself calls it: `kith.localhost:8080`. */
  readonly authority: string;
};

const blockId = z.string().transform((text, context): BlockId => {
  const id = parseBlockId(text);
  if (id.ok) return id.value;
  context.addIssue("not a block id");
  return z.NEVER;
});

const transactionId = z.string().transform((text, context): TransactionId => {
  const id = parseTransactionId(text);
  if (id.ok) return id.value;
  context.addIssue("not a transaction id");
  return z.NEVER;
});

const errorAnswer = z.object({
  code: z.string(),
  message: z.string(),
  /** Of "not-authorized": what the account's own service says. */
  reason: z.string().optional(),
});

export const referenceAnswer = z.object({
  refBlockIndex: z.int().min(0).max(255),
  refBlockId: blockId,
});
export const receiptAnswer = z.object({
  transactionId,
  blockNum: z.int(),
  blockId: blockId.optional(),
  final: z.boolean(),
  results: z.array(z.string()),
  code: z.string().optional(),
  message: z.string().optional(),
});
export type ReceiptAnswer = z.infer<typeof receiptAnswer>;

/** Asks the node for the name of its network, which all other requests need. */
export async function findNode(url: string): Promise<Result<NodeClient, CliError>> {
  const address = parseNodeAddress(url);
  if (!address.ok) return address;
  const host = new URL(address.value.text).host;
  const wanted = { method: "GET", host, target: "/common/rootdomain" } as const;
  const authority = await askJson(address.value, wanted, z.string());
  return authority.ok ? ok({ address: address.value, authority: authority.value }) : authority;
}

type Get = {
  /** An account's subdomain; left out for the root host. */
  readonly account?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function getJson<T>(
  node: NodeClient,
  { account, target, headers = {} }: Get,
  schema: ZodType<T>,
): Promise<Result<T, CliError>> {
  const host = hostOf(node, account);
  return askPatiently(node, { method: "GET", host, target, headers }, schema);
}

type Post = { readonly account: string; readonly target: string; readonly body: unknown };

export function postJson<T>(
  node: NodeClient,
  { account, target, body }: Post,
  schema: ZodType<T>,
): Promise<Result<T, CliError>> {
  const wanted = {
    method: "POST",
    host: hostOf(node, account),
    target,
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify(body)),
  } as const;
  return askPatiently(node, wanted, schema);
}

export function hostOf(node: NodeClient, account: string | undefined): string {
  return account === undefined ? node.authority : `${account}.${node.authority}`;
}

/** Where the network's root host is. */
export function siteRoot({ address, authority }: NodeClient): string {
  return `${address.protocol}//${authority}`;
}

/** Where people find an account's site. */
export function siteUrl({ address, authority }: NodeClient, account: string): string {
  return `${address.protocol}//${account}.${authority}`;
}

const patienceMs = 15_000;
const retryMs = 500;

/** A node that was there a moment ago may be starting again: questions change nothing, so they are asked again. */
async function askPatiently<T>(
  node: NodeClient,
  wanted: Exchange,
  schema: ZodType<T>,
): Promise<Result<T, CliError>> {
  const startMs = performance.now();
  for (;;) {
    const answer = await askJson(node.address, wanted, schema);
    if (answer.ok || !isPassing(answer.error)) return answer;
    if (performance.now() - startMs > patienceMs) return answer;
    await sleep(retryMs);
  }
}

/** The same with whatever it answers, for those who judge themselves. */
export async function exchangePatiently(
  address: NodeAddress,
  wanted: Exchange,
  isFinal: (answer: Answer) => boolean,
): Promise<Result<Answer, string>> {
  const startMs = performance.now();
  for (;;) {
    const answer = await exchange(address, wanted);
    if (answer.ok && (answer.value.status !== 503 || isFinal(answer.value))) return answer;
    if (performance.now() - startMs > patienceMs) return answer;
    await sleep(retryMs);
  }
}

function isPassing(error: CliError): boolean {
  return error.code === "node-unreachable" || (error.code === "refused" && error.status === 503);
}

async function askJson<T>(
  address: NodeAddress,
  wanted: Exchange,
  schema: ZodType<T>,
): Promise<Result<T, CliError>> {
  const answer = await exchange(address, wanted);
  if (!answer.ok) return unreachable(address, answer.error);
  if (answer.value.status !== 200) return err(refusalOf(address, answer.value));
  return parseAnswer(address, answer.value, schema);
}

function unreachable(address: NodeAddress, reason: string): Result<never, CliError> {
  return err({ code: "node-unreachable", url: address.text, reason });
}

export function parseAnswer<T>(
  address: NodeAddress,
  answer: Answer,
  schema: ZodType<T>,
): Result<T, CliError> {
  const parsed = schema.safeParse(jsonOf(answer.text));
  if (parsed.success) return ok(parsed.data);
  const reason = parsed.error.issues[0]?.message ?? "unreadable";
  return err({ code: "answer-invalid", url: address.text, reason });
}

export function refusalOf(address: NodeAddress, { status, text }: Answer): CliError {
  const error = errorAnswer.safeParse(jsonOf(text));
  if (!error.success) {
    return { code: "answer-invalid", url: address.text, reason: `status ${status}` };
  }
  const { code, message, reason = code } = error.data;
  return { code: "refused", status, reason, message };
}
