import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { concatBytes } from "@kith/protocol/hashes";
import { blockBytesMax } from "@kith/protocol/limits";
import type { Roster } from "@kith/protocol/node-message";
import { err, ok, type Result } from "@kith/protocol/result";

import { parseRoster } from "./roster.ts";

export type JoinError =
  | { readonly code: "join-url-invalid"; readonly url: string }
  | { readonly code: "join-unreachable"; readonly url: string; readonly reason: string }
  | { readonly code: "join-answer-invalid"; readonly url: string; readonly reason: string }
  | { readonly code: "join-other-network"; readonly expected: string; readonly found: string };

const answerMsMax = 10_000;
/** A node that was here before can go on without this answer. */
const rosterMsMax = 3_000;
const rosterBytesMax = 64 * 1024;

/**
 * Fetches the genesis block of the network that a node belongs to. Its id is the network's id: with `--chain` it is
 * checked, without it the first answer is believed once and kept.
 */
export async function fetchGenesis(
  url: string,
  chainId: string | undefined,
): Promise<Result<SealedBlock, JoinError>> {
  const answer = await fetchFrom(url, "/common/genesis", {
    bytesMax: blockBytesMax,
    msMax: answerMsMax,
  });
  if (!answer.ok) return answer;
  const block = decodeBlock(answer.value);
  if (!block.ok) return err({ code: "join-answer-invalid", url, reason: block.error.code });
  const { id, header } = block.value;
  if (header.blockNum !== 1) {
    return err({ code: "join-answer-invalid", url, reason: `block ${header.blockNum}` });
  }
  if (chainId !== undefined && id !== chainId) {
    return err({ code: "join-other-network", expected: chainId, found: id });
  }
  return ok(block.value);
}

/** Asks who the producers are now: of those in the genesis block none may be left. Believed once, as that block is. */
export async function fetchRoster(url: string): Promise<Result<Roster, JoinError>> {
  const answer = await fetchFrom(url, "/common/producers", {
    bytesMax: rosterBytesMax,
    msMax: rosterMsMax,
  });
  if (!answer.ok) return answer;
  const roster = parseRoster(new TextDecoder().decode(answer.value));
  if (roster !== undefined) return ok(roster);
  return err({ code: "join-answer-invalid", url, reason: "no list of producers" });
}

async function fetchFrom(
  url: string,
  path: string,
  { bytesMax, msMax }: { readonly bytesMax: number; readonly msMax: number },
): Promise<Result<Uint8Array, JoinError>> {
  if (!URL.canParse(path, url)) return err({ code: "join-url-invalid", url });
  const invalid = (reason: string): Result<never, JoinError> =>
    err({ code: "join-answer-invalid", url, reason });
  try {
    const answer = await fetchByAddress(new URL(path, url), msMax);
    if (!answer.ok) return invalid(`status ${answer.status}`);
    const bytes = await readUpTo(answer, bytesMax);
    return bytes === undefined ? invalid(`more than ${bytesMax} bytes`) : ok(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err({ code: "join-unreachable", url, reason });
  }
}

/** Undefined when there is more; what is too much is not waited for. */
async function readUpTo(answer: Response, bytesMax: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of answer.body ?? []) {
    sizeBytes += part.length;
    if (sizeBytes > bytesMax) return undefined;
    parts.push(part);
  }
  return concatBytes(...parts);
}

/** Names under `.localhost` are this machine, whether or not its resolver knows them. */
function fetchByAddress(url: URL, msMax: number): Promise<Response> {
  const headers = { host: url.host };
  const signal = AbortSignal.timeout(msMax);
  if (!url.hostname.endsWith(".localhost")) return fetch(url, { signal });
  const address = new URL(url);
  address.hostname = "127.0.0.1";
  return fetch(address, { headers, signal });
}

export function joinMessage(error: JoinError): string {
  switch (error.code) {
    case "join-url-invalid":
      return `--join takes an HTTP address such as http://kith.localhost:8080, not ${error.url}`;
    case "join-unreachable":
      return `no node answers at ${error.url} (${error.reason}); is it running?`;
    case "join-answer-invalid":
      return `what ${error.url} answered is not what a node of Kith answers (${error.reason})`;
    case "join-other-network":
      return `that node belongs to network ${error.found}, not to ${error.expected}`;
  }
}
