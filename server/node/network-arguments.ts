import { parseArgs } from "node:util";

import { err, ok, type Result } from "@kith/protocol/result";

import { isHostName, type NotStarted } from "./node-arguments.ts";

/** What `bun run network` takes. */
export type NetworkArguments = {
  readonly nodes: number;
  /** Of the first node; the others have the next ones. */
  readonly port: number;
  readonly folder: string;
  readonly rootHost: string;
};

const nodesMax = 13;

export const networkUsage = `bun run network [options]

  --nodes NUMBER       how many nodes the network has (default 3, at most ${nodesMax})
  --port NUMBER        the HTTP port of the first; the others take the next ones (default 8080)
  --data FOLDER        where the nodes keep their folders (default .kith/network)
  --root-host NAME     the network's own host name (default kith.localhost)
  --help               this text
`;

const options = {
  nodes: { type: "string", default: "3" },
  port: { type: "string", default: "8080" },
  data: { type: "string", default: ".kith/network" },
  "root-host": { type: "string", default: "kith.localhost" },
  help: { type: "boolean", short: "h" },
} as const;

export function parseNetworkArguments(
  argv: readonly string[],
): Result<NetworkArguments, NotStarted> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return err({ exitStatus: 0, text: networkUsage });
  const nodes = wholeNumber(values.nodes);
  const port = wholeNumber(values.port);
  if (nodes === undefined || nodes < 1 || nodes > nodesMax) {
    return refuse(`--nodes takes a whole number from 1 to ${nodesMax}, not "${values.nodes}"`);
  }
  if (port === undefined || port < 1 || port + nodes - 1 > 65_535) {
    return refuse(
      `--port takes the first of as many free ports as there are nodes, not "${values.port}"`,
    );
  }
  if (values.data === "") return refuse("--data takes a folder");
  if (!isHostName(values["root-host"])) {
    return refuse(
      `--root-host takes a host name such as kith.localhost, not "${values["root-host"]}"`,
    );
  }
  return ok({ nodes, port, folder: values.data, rootHost: values["root-host"].toLowerCase() });
}

function refuse(reason: string): Result<never, NotStarted> {
  return err({ exitStatus: 2, text: `${reason}\n\n${networkUsage}` });
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
