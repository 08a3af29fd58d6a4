import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { concatBytes } from "@kith/protocol/hashes";
import { blockBytesMax } from "@kith/protocol/limits";
import { err, ok, type Result } from "@kith/protocol/result";

export type JoinError =
  | { readonly code: "join-url-invalid"; readonly url: string }
  | { readonly code: "join-unreachable"; readonly url: string; readonly reason: string }
  | { readonly code: "join-answer-invalid"; readonly url: string; readonly reason: string }
  | { readonly code: "join-other-network"; readonly expected: string; readonly found: string };

const answerMsMax = 10_000;

/**
 * Fetches the genesis block of the network that a node belongs to. Its id is the network's id: with `--chain` it is
 * checked, without it the first answer is believed once and kept.
 */
export async function fetchGenesis(
  url: string,
  chainId: string | undefined,
): Promise<Result<SealedBlock, JoinError>> {
  if (!URL.canParse("/common/genesis", url)) return err({ code: "join-url-invalid", url });
  let bytes: Uint8Array | undefined;
  try {
    const answer = await fetchByAddress(new URL("/common/genesis", url));
    if (!answer.ok) {
      return err({ code: "join-answer-invalid", url, reason: `status ${answer.status}` });
    }
    bytes = await readUpTo(answer, blockBytesMax);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err({ code: "join-unreachable", url, reason });
  }
  if (bytes === undefined) {
    const reason = `more than ${blockBytesMax} bytes`;
    return err({ code: "join-answer-invalid", url, reason });
  }
  const block = decodeBlock(bytes);
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
function fetchByAddress(url: URL): Promise<Response> {
  const headers = { host: url.host };
  const signal = AbortSignal.timeout(answerMsMax);
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
      return `what ${error.url} answered is not a genesis block (${error.reason})`;
    case "join-other-network":
      return `that node belongs to network ${error.found}, not to ${error.expected}`;
  }
}
