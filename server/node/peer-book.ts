import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseNodeId } from "@kith/protocol/ids";
import type { PeerAddress } from "@kith/protocol/node-message";
import { writeWhole } from "@kith/store/write-whole";

import { dataFiles } from "./data-folder.ts";

export type PeerBook = {
  readonly remembered: readonly PeerAddress[];
  remember(addresses: readonly PeerAddress[]): void;
};

/** Where other nodes were last seen. A file that cannot be read is an empty book: addresses come back by themselves. */
export function openPeerBook(folder: string): PeerBook {
  const path = join(folder, dataFiles.peers);
  let written = existsSync(path) ? readFileSync(path, "utf8") : "[]";
  return {
    remembered: parseBook(written),
    remember(addresses) {
      const text = `${JSON.stringify(addresses, undefined, 2)}\n`;
      if (text === written) return;
      written = text;
      writeWhole(path, text);
    },
  };
}

function parseBook(text: string): PeerAddress[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    if (!("node" in entry) || typeof entry.node !== "string") return [];
    if (!("url" in entry) || typeof entry.url !== "string") return [];
    const node = parseNodeId(entry.node);
    return node.ok ? [{ node: node.value, url: entry.url }] : [];
  });
}
