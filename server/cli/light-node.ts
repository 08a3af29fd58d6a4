import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

import { checkpointCodec } from "@kith/protocol/checkpoint";
import { parseBlockId, type BlockId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { LightClient, type LightPort } from "@kith/sdk/light-client";
import type { ArgsDef } from "citty";

import type { CliError } from "./cli-error.ts";
import { nodeOf, nodeOption } from "./command-line.ts";
import type { Answer } from "./http-exchange.ts";
import type { NodeAddress } from "./node-address.ts";
import { exchangePatiently, findNode, siteRoot } from "./node-client.ts";
import { reasonOf } from "./reason-of.ts";

/** What is believed from the start; the node is not. */
export const trustOptions = {
  chain: {
    type: "string",
    valueHint: "id",
    description:
      "the id of the network, 64 hex digits, from somebody whom you believe (/common/chainid of a node shows it)",
  },
  checkpoint: {
    type: "string",
    valueHint: "file",
    description:
      "where to keep what was proved: the next time starts from there, and needs no --chain",
  },
  ...nodeOption,
} as const satisfies ArgsDef;

export type TrustArguments = {
  readonly chain?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly node?: string | undefined;
};

/** A node that is asked and not believed. */
export type LightNode = {
  readonly url: string;
  readonly light: LightClient;
  /** Keeps what was proved, where that was wanted. */
  readonly keep: () => Result<void, CliError>;
};

export async function openLightNode(args: TrustArguments): Promise<Result<LightNode, CliError>> {
  const trusted = trustedOf(args);
  if (!trusted.ok) return trusted;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const { address } = node.value;
  const port = portTo(address);
  const light = new LightClient({ root: siteRoot(node.value), port, trusted: trusted.value });
  const keep = () => keepCheckpoint(args.checkpoint, light.packedCheckpoint);
  return ok({ url: address.text, light, keep });
}

/** Under the names that not every resolver knows, and with an end to the waiting. */
function portTo(address: NodeAddress): LightPort {
  return {
    async fetch(url, { headers }) {
      const { host, pathname, search } = new URL(url);
      const target = `${pathname}${search}`;
      const wanted = { method: "GET", host, target, headers } as const;
      const answer = await exchangePatiently(address, wanted, isTooFar);
      if (!answer.ok) throw new Error(answer.error);
      const { status, bytes } = answer.value;
      const parts = [bytes];
      const read = () => {
        const value = parts.pop();
        return Promise.resolve({ done: value === undefined, value });
      };
      return { status, body: { getReader: () => ({ read, cancel: () => Promise.resolve() }) } };
    },
  };
}

/** The light client knows another way to such a block. */
function isTooFar({ text }: Answer): boolean {
  return text.includes('"block-not-certified"');
}

/** The id of the network, or a packed checkpoint. */
export function trustedOf({
  chain,
  checkpoint,
}: TrustArguments): Result<BlockId | Uint8Array, CliError> {
  const id = chain === undefined ? undefined : parseBlockId(chain);
  if (id?.ok === false) {
    const message = `--chain takes an id of 64 hex digits, not "${chain}".`;
    return err({ code: "usage", message });
  }
  if (checkpoint === undefined || !existsSync(checkpoint)) {
    if (id !== undefined) return id;
    const message =
      checkpoint === undefined
        ? "Say what you believe: --chain ID, or --checkpoint FILE with what was proved before."
        : `There is nothing at ${checkpoint} yet: say --chain ID as well, the first time.`;
    return err({ code: "usage", message });
  }
  const kept = readCheckpoint(checkpoint);
  if (!kept.ok || id === undefined || kept.value.chain === id.value) {
    return kept.ok ? ok(kept.value.bytes) : kept;
  }
  return err({ code: "checkpoint-of-another-network", path: checkpoint, chain: kept.value.chain });
}

function readCheckpoint(
  path: string,
): Result<{ readonly bytes: Uint8Array; readonly chain: BlockId }, CliError> {
  try {
    const bytes = new Uint8Array(readFileSync(path));
    const kept = checkpointCodec.unpack(bytes);
    if (kept.ok) return ok({ bytes, chain: kept.value.chain });
    return err({ code: "checkpoint-malformed", path });
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-unreadable", path, reason });
  }
}

/** In one step: a file that is cut off would be a checkpoint lost. */
function keepCheckpoint(
  path: string | undefined,
  packed: Uint8Array | undefined,
): Result<void, CliError> {
  if (path === undefined || packed === undefined) return ok(undefined);
  try {
    writeFileSync(`${path}.new`, packed);
    renameSync(`${path}.new`, path);
    return ok(undefined);
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "checkpoint-not-written", path, reason });
  }
}
