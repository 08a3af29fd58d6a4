import { parseArgs } from "node:util";

import type { Algorithm } from "@kith/protocol/block";
import { quorumSize } from "@kith/protocol/certificate";
import { err, ok, type Result } from "@kith/protocol/result";

import {
  freeNameCharsDefault,
  freeNamesForm,
  freeNamesUsage,
  isHostName,
  parseFreeNames,
  type NotStarted,
} from "./node-arguments.ts";

/** What `bun run network` takes. */
export type NetworkArguments = {
  readonly nodes: number;
  /** How a new network agrees; undefined: CFT, or as the network in the folder does. */
  readonly algorithm: Algorithm | undefined;
  /** Of the first node; the others have the next ones. */
  readonly port: number;
  readonly folder: string;
  readonly rootHost: string;
  /** Of a new network: names with at least so many characters are free for everybody. */
  readonly freeNameCharsMin: number;
};

const nodesMax = 13;

export const networkUsage = `bun run network [options]

  --nodes NUMBER       how many nodes the network has (default 3, at most ${nodesMax})
  --algorithm NAME     cft: nodes may crash (default); bft: nodes may also lie, fewer than a third of them
  --port NUMBER        the HTTP port of the first; the others take the next ones (default 8080)
  --data FOLDER        where the nodes keep their folders (default .kith/network)
  --root-host NAME     the network's own host name (default kith.localhost)
${freeNamesUsage}
  --help               this text
`;

const options = {
  nodes: { type: "string", default: "3" },
  algorithm: { type: "string" },
  port: { type: "string", default: "8080" },
  data: { type: "string", default: ".kith/network" },
  "root-host": { type: "string", default: "kith.localhost" },
  "free-names": { type: "string", default: `${freeNameCharsDefault}` },
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
  const { algorithm } = values;
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    return refuse(`--algorithm takes cft or bft, not "${algorithm}"`);
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
  const rootHost = values["root-host"].toLowerCase();
  const freeNameCharsMin = parseFreeNames(values["free-names"]);
  if (freeNameCharsMin === undefined) {
    return refuse(`--free-names takes ${freeNamesForm}, not "${values["free-names"]}"`);
  }
  return ok({ nodes, algorithm, port, folder: values.data, rootHost, freeNameCharsMin });
}

function isAlgorithm(text: string): text is Algorithm {
  return text === "cft" || text === "bft";
}

/** What so many nodes stand, for whoever starts them. */
export function explainTolerance(algorithm: Algorithm, nodes: number): string {
  const spare = nodes - quorumSize(algorithm, nodes);
  const count = spare === 1 ? "1 node" : `${spare} nodes`;
  if (algorithm === "cft") {
    return spare === 0
      ? `cft with ${nodes} of ${nodes} nodes needed: it stops when one stops`
      : `cft: it goes on while ${nodes - spare} of ${nodes} nodes run; all nodes are trusted`;
  }
  return spare === 0
    ? `bft with ${nodes} of ${nodes} nodes needed: it stops when one stops, and no node may lie. 4 nodes stand one that stops or lies`
    : `bft: it goes on while ${nodes - spare} of ${nodes} nodes run as they should; ${count} may stop or lie`;
}

function refuse(reason: string): Result<never, NotStarted> {
  return err({ exitStatus: 2, text: `${reason}\n\n${networkUsage}` });
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
