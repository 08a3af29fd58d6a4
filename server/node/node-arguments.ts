import { parseArgs } from "node:util";

/** What `bun run node` takes. Every option can also be given as an environment variable, `KITH_PORT` for `--port`. */
export type NodeArguments = {
  readonly dataFolder: string;
  readonly hostname: string;
  readonly port: number;
  readonly rootHost: string;
  /** A node of the network to join, as an HTTP address; only needed once, and only without a data folder. */
  readonly join: string | undefined;
  /** The id of the network to join; a different answer is refused. */
  readonly chainId: string | undefined;
  /** Link addresses of other nodes (`ws://host:port/p2p`). */
  readonly peers: readonly string[];
  /** The link address that others can reach this node at. */
  readonly publicUrl: string | undefined;
  /** How many blocks stay in the log; undefined keeps all. */
  readonly keepBlocks: number | undefined;
};

const options = {
  data: { type: "string", default: ".kith/node" },
  listen: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "8080" },
  "root-host": { type: "string", default: "kith.localhost" },
  join: { type: "string" },
  chain: { type: "string" },
  peers: { type: "string", default: "" },
  "public-url": { type: "string" },
  "keep-blocks": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

export const nodeUsage = `bun run node [options]

  --data FOLDER        where this node keeps its keys and its state (default .kith/node)
  --port NUMBER        the HTTP port (default 8080)
  --listen ADDRESS     the address to listen on (default 127.0.0.1; 0.0.0.0 for everybody)
  --root-host NAME     the network's own host name (default kith.localhost)
  --join URL           join the network of the node at this HTTP address, as an observer
  --chain ID           with --join: the network that it must be
  --peers URL,URL      link addresses of other nodes, ws://host:port/p2p
  --public-url URL     the link address under which others reach this node
  --keep-blocks N      how many blocks stay in the log (default: all)
`;

/** Reads the options; a string is what to tell the user instead of starting. */
export function parseNodeArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): NodeArguments | string {
  let values;
  try {
    values = parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${nodeUsage}`;
  }
  if (values.help) return nodeUsage;
  const text = (name: keyof typeof options): string | undefined => {
    const given = argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    const fromEnvironment = environment[`KITH_${name.toUpperCase().replaceAll("-", "_")}`];
    const value = given ? values[name] : (fromEnvironment ?? values[name]);
    return typeof value === "string" ? value : undefined;
  };
  const port = wholeNumber(text("port"), 1, 65_535);
  if (port === undefined) return `--port takes a whole number from 1 to 65535\n\n${nodeUsage}`;
  const keep = text("keep-blocks");
  const keepBlocks = keep === undefined ? undefined : wholeNumber(keep, keepBlocksMin, 2 ** 32);
  if (keep !== undefined && keepBlocks === undefined) {
    return `--keep-blocks takes a whole number from ${keepBlocksMin}\n\n${nodeUsage}`;
  }
  return {
    dataFolder: text("data") ?? ".kith/node",
    hostname: text("listen") ?? "127.0.0.1",
    port,
    rootHost: (text("root-host") ?? "kith.localhost").toLowerCase(),
    join: text("join"),
    chainId: text("chain"),
    peers: (text("peers") ?? "").split(",").filter((url) => url !== ""),
    publicUrl: text("public-url"),
    keepBlocks,
  };
}

/** Below this a peer that is only a little behind would need a whole snapshot. */
const keepBlocksMin = 256;

function wholeNumber(text: string | undefined, min: number, max: number): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

/** Where the node behind an HTTP address takes links. */
export function linkUrlOf(httpUrl: string): string {
  const url = new URL("/p2p", httpUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (url.hostname.endsWith(".localhost")) url.hostname = "127.0.0.1";
  return url.href;
}
