import { ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { jsonOption, nodeOf, nodeOption, runReporting, type Report } from "./command-line.ts";
import { findNode, getJson } from "./node-client.ts";

const options = {
  "admin-key": {
    type: "string",
    valueHint: "secret",
    description:
      "from admin.secret in the node's data folder, when asking from another machine (or KITH_ADMIN_KEY)",
  },
  ...nodeOption,
  ...jsonOption,
} as const;

export const statusCommand = defineCommand({
  meta: { name: "status", description: "how a node and its network are" },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options }, () =>
      readStatus(nodeOf(args), args["admin-key"] ?? process.env["KITH_ADMIN_KEY"]),
    ),
});

const named = z.object({ node: z.string(), account: z.string().optional() });
const blockAt = z.object({ num: z.number(), id: z.string() });
const statusAnswer = z.object({
  ...named.shape,
  role: z.string(),
  algorithm: z.string(),
  term: z.number(),
  view: z.string().optional(),
  memory: z.enum(["unknown", "behind", "shared"]).optional(),
  epoch: z.number().optional(),
  certified: blockAt.optional(),
  leader: named.optional(),
  head: blockAt.optional(),
  final: blockAt.optional(),
  executed: z.object({ num: z.number(), stateRoot: z.string(), time: z.string() }).optional(),
  peers: z.array(
    z.object({
      ...named.shape,
      producer: z.boolean(),
      connected: z.boolean(),
      url: z.string().optional(),
    }),
  ),
  readiness: z.object({ ready: z.boolean(), reasons: z.array(z.string()) }),
  evidence: z
    .array(
      z.object({
        ...named.shape,
        term: z.number(),
        epoch: z.number(),
        blocks: z.tuple([blockAt, blockAt]),
        found: z.string(),
        proof: z.string(),
      }),
    )
    .default([]),
});
type Status = z.infer<typeof statusAnswer>;

async function readStatus(
  url: string,
  adminKey: string | undefined,
): Promise<Result<Report, CliError>> {
  const node = await findNode(url);
  if (!node.ok) return node;
  const headers = adminKey === undefined ? {} : { authorization: `Bearer ${adminKey}` };
  const wanted = { account: "x-admin", target: "/status", headers };
  const status = await getJson(node.value, wanted, statusAnswer);
  if (!status.ok) return status;
  const rootHost = node.value.authority;
  return ok({ text: describe(rootHost, status.value), json: { rootHost, ...status.value } });
}

function describe(rootHost: string, status: Status): string {
  const { executed, final, head, leader, readiness, epoch, certified, view, memory } = status;
  const since = epoch === undefined ? "" : `, producers since block ${epoch}`;
  const lines = [
    ["network", rootHost],
    ["node", nameOf(status)],
    ["role", `${status.role}, ${status.algorithm}, term ${status.term}${since}`],
    ["leader", leaderOf(leader, view)],
    ["blocks", `head ${head?.num ?? 0}, final ${final?.num ?? 0}, executed ${executed?.num ?? 0}`],
    ...(certified === undefined ? [] : [["proof", `that block ${certified.num} is final`]]),
    ...(memory === undefined ? [] : [["MEMORY", describeMemory[memory]]]),
    ["state root", executed?.stateRoot ?? "none"],
    ["ready", readiness.ready ? "yes" : `no: ${readiness.reasons.join("; ")}`],
    ...status.peers.map((peer) => {
      const kind = peer.producer ? "producer" : "observer";
      return [
        "peer",
        `${nameOf(peer)}, ${kind}, ${peer.connected ? "connected" : "not connected"}`,
      ];
    }),
    ...status.evidence.map((each) => ["EVIDENCE", describeEvidence(each)]),
  ];
  return lines.map(([name = "", value = ""]) => `${name.padEnd(12)}${value}`).join("\n");
}

const describeMemory = {
  unknown:
    "its folder is a copy, or lost what this producer said: it only follows until the other producers have told it enough. " +
    "When all nodes were put back from backups, start each with --trust-folder",
  behind: "it lost what it said and takes part again as soon as it has caught up",
  shared:
    "another process speaks with this node's key. It only follows: find and stop the other one, then start this one again",
} as const;

function leaderOf(leader: z.infer<typeof named> | undefined, view: string | undefined): string {
  if (leader !== undefined) return nameOf(leader);
  return view === "changing" ? "none: the producers are agreeing on the next one" : "none";
}

function describeEvidence(found: Status["evidence"][number]): string {
  const [one, other] = found.blocks.map(({ num }) => num);
  const what = one === other ? `two blocks of height ${one}` : `blocks ${one} and ${other}`;
  return `${nameOf(found)} signed votes for ${what} that exclude each other, in term ${found.term} (${found.found})`;
}

function nameOf({ node, account }: z.infer<typeof named>): string {
  return account === undefined ? node.slice(0, 16) : `${account} (${node.slice(0, 16)})`;
}
