import { parseArgs } from "node:util";

import { parseBlockId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { queryMsDefault, queryProcessesMax } from "@kith/queries/limits";
import type { EventsKept } from "@kith/store/event-retention";

import { eventsKeepForm, parseEventsKeep } from "./events-keep.ts";

/** What `bun run node` takes. Every option can also be given as an environment variable, `KITH_PORT` for `--port`. */
export type NodeArguments = {
  readonly dataFolder: string;
  readonly hostname: string;
  readonly port: number;
  readonly rootHost: string;
  /** A node of the network to join, as an HTTP address; only needed once, and only without a data folder. */
  readonly join: string | undefined;
  /** The id of the network; with another one the node does not start. */
  readonly chainId: string | undefined;
  /** Link addresses of other nodes (`ws://host:port/p2p`). */
  readonly peers: readonly string[];
  /** The link address that others can reach this node at. */
  readonly publicUrl: string | undefined;
  /** How many blocks stay in the log; undefined keeps all. */
  readonly keepBlocks: number | undefined;
  /** How long events are kept; undefined keeps all. */
  readonly eventsKeep: EventsKept | undefined;
  /** Processes that answer queries; 0 for the node's own thread, undefined for what this machine has room for. */
  readonly queryProcesses: number | undefined;
  /** How long a query may take. */
  readonly queryMs: number;
  /** Of a new network: names with at least so many characters are free for everybody. */
  readonly freeNameCharsMin: number;
  /** The operator says that no newer copy of the data folder is, or ever was, in use (decision 0140). */
  readonly trustFolder: boolean;
};

/** How long names are that everybody may have, on networks that the commands make (decision 0171). */
export const freeNameCharsDefault = 8;
const nameCharsMax = 10;
export const freeNamesUsage: string = `  --free-names N       names of at least N characters are free for everybody on a new network, shorter ones
                       are given by its owner (default ${freeNameCharsDefault})`;
export const freeNamesForm: string = `a whole number from 1 to ${nameCharsMax}`;

/** Undefined for what is no length of a name. */
export function parseFreeNames(text: string): number | undefined {
  return isWhole(text, 1, nameCharsMax) ? Number(text) : undefined;
}

/** What to tell the user instead of starting: help that was asked for (0), or what is wrong with the words (2). */
export type NotStarted = { readonly exitStatus: 0 | 2; readonly text: string };

const options = {
  data: { type: "string", default: ".kith/node" },
  listen: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "8080" },
  "root-host": { type: "string", default: "kith.localhost" },
  join: { type: "string" },
  chain: { type: "string" },
  peers: { type: "string" },
  "public-url": { type: "string" },
  "keep-blocks": { type: "string" },
  "events-keep": { type: "string" },
  "query-processes": { type: "string" },
  "query-ms": { type: "string", default: `${queryMsDefault}` },
  "free-names": { type: "string", default: `${freeNameCharsDefault}` },
  "trust-folder": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type OptionName = Exclude<keyof typeof options, "help" | "trust-folder">;

export const nodeUsage = `bun run node [options]

  --data FOLDER        where this node keeps its keys and its state (default .kith/node)
  --port NUMBER        the HTTP port (default 8080)
  --listen ADDRESS     the address to listen on (default 127.0.0.1; 0.0.0.0 for everybody)
  --root-host NAME     the network's own host name (default kith.localhost)
  --join URL           join the network of the node at this HTTP address, as an observer
  --chain ID           the id of the network that it must be
  --peers URL,URL      link addresses of other nodes, ws://host:port/p2p
  --public-url URL     the link address under which others reach this node
  --keep-blocks N      how many blocks stay in the log (default: all)
  --events-keep RULES  how long events are kept (default: for ever), such as 30d,2gb,chat=90d,votes=all,spam=none
  --query-processes N  processes that answer queries (default: one less than cores; 0: none)
  --query-ms N         milliseconds after which a query is ended (default ${queryMsDefault})
${freeNamesUsage}
  --trust-folder       take part at once with a data folder that is a copy or lost its log. Only where no node of the
                       network has anything newer, as after all were put back from backups: otherwise what
                       this node has forgotten can undo what was acknowledged
  --help               this text

Each that has a value can be given as an environment variable, too: KITH_PORT for --port, KITH_ROOT_HOST for --root-host.
`;

/** Below this a peer that is only a little behind would need a whole snapshot. */
const keepBlocksMin = 256;

/** Where the value of an option comes from, for whoever has to change it. */
type Given = { readonly name: string; readonly value: string };

/** Reads the options. */
export function parseNodeArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<NodeArguments, NotStarted> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return err({ exitStatus: 0, text: nodeUsage });
  const given = (name: OptionName): Given | undefined => {
    const variable = `KITH_${name.toUpperCase().replaceAll("-", "_")}`;
    const value = values[name];
    const isTyped = argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    if (value !== undefined && isTyped) return { name: `--${name}`, value };
    const fromEnvironment = environment[variable];
    if (fromEnvironment !== undefined) return { name: variable, value: fromEnvironment };
    return value === undefined ? undefined : { name: `--${name}`, value };
  };
  for (const { name, takes, holds } of checks) {
    const each = given(name);
    if (each !== undefined && !holds(each.value)) {
      return refuse(`${each.name} takes ${takes}, not "${each.value}"`);
    }
  }
  const text = (name: OptionName): string | undefined => given(name)?.value;
  const keepText = text("events-keep");
  const eventsKeep = keepText === undefined ? undefined : parseEventsKeep(keepText);
  const number = (name: OptionName): number | undefined => {
    const value = text(name);
    return value === undefined ? undefined : Number(value);
  };
  return ok({
    dataFolder: text("data") ?? options.data.default,
    hostname: text("listen") ?? options.listen.default,
    port: Number(text("port")),
    rootHost: (text("root-host") ?? options["root-host"].default).toLowerCase(),
    join: text("join"),
    chainId: text("chain"),
    peers: listOf(text("peers") ?? ""),
    publicUrl: text("public-url"),
    keepBlocks: number("keep-blocks"),
    eventsKeep: eventsKeep?.ok === true ? eventsKeep.value : undefined,
    queryProcesses: number("query-processes"),
    queryMs: number("query-ms") ?? queryMsDefault,
    freeNameCharsMin: Number(text("free-names")),
    trustFolder: values["trust-folder"] === true,
  });
}

type Check = {
  readonly name: OptionName;
  readonly takes: string;
  readonly holds: (value: string) => boolean;
};

const checks: readonly Check[] = [
  { name: "data", takes: "a folder", holds: (value) => value !== "" },
  {
    name: "listen",
    takes: "an address such as 127.0.0.1 or 0.0.0.0",
    holds: (value) => value !== "",
  },
  {
    name: "port",
    takes: "a whole number from 1 to 65535",
    holds: (value) => isWhole(value, 1, 65_535),
  },
  { name: "root-host", takes: "a host name such as kith.localhost", holds: isHostName },
  {
    name: "join",
    takes: "an HTTP address such as http://kith.localhost:8080",
    holds: (value) => hasScheme(value, "http:", "https:"),
  },
  {
    name: "chain",
    takes: "the id of a network, 64 hexadecimal digits",
    holds: (value) => parseBlockId(value).ok,
  },
  {
    name: "peers",
    takes: "link addresses such as ws://host:8080/p2p, with commas between them",
    holds: (value) => listOf(value).every((url) => hasScheme(url, "ws:", "wss:")),
  },
  {
    name: "public-url",
    takes: "a link address such as ws://host:8080/p2p",
    holds: (value) => hasScheme(value, "ws:", "wss:"),
  },
  {
    name: "keep-blocks",
    takes: `a whole number from ${keepBlocksMin}`,
    holds: (value) => isWhole(value, keepBlocksMin, 2 ** 32),
  },
  {
    name: "events-keep",
    takes: eventsKeepForm,
    holds: (value) => parseEventsKeep(value).ok,
  },
  {
    name: "query-processes",
    takes: `a whole number up to ${queryProcessesMax}`,
    holds: (value) => isWhole(value, 0, queryProcessesMax),
  },
  {
    name: "query-ms",
    takes: "a whole number from 10 to 600000",
    holds: (value) => isWhole(value, 10, 600_000),
  },
  {
    name: "free-names",
    takes: freeNamesForm,
    holds: (value) => parseFreeNames(value) !== undefined,
  },
];

function refuse(reason: string): Result<never, NotStarted> {
  return err({ exitStatus: 2, text: `${reason}\n\n${nodeUsage}` });
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function isWhole(text: string, min: number, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}

export function isHostName(text: string): boolean {
  const label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
  return text.length <= hostCharsMax && new RegExp(`^${label}(\\.${label})*$`, "i").test(text);
}

/** RFC 1035 section 2.3.4. */
const hostCharsMax = 253;

function hasScheme(text: string, ...schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol);
}

/** Where the node behind an HTTP address takes links. */
export function linkUrlOf(httpUrl: string): string {
  const url = new URL("/p2p", httpUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (url.hostname.endsWith(".localhost")) url.hostname = "127.0.0.1";
  return url.href;
}
