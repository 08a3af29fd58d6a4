import { err, ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";

/** Where a node is reached. */
export type NodeAddress = {
  readonly protocol: "http:" | "https:";
  /** What to connect to. */
  readonly hostname: string;
  readonly port: number;
  /** As the user wrote it, for messages. */
  readonly text: string;
};

export const defaultNode = "http://kith.localhost:8080";

export function parseNodeAddress(text: string): Result<NodeAddress, CliError> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return err({ code: "node-url-invalid", url: text });
  }
  const standardPort = url.protocol === "https:" ? 443 : 80;
  return ok({
    protocol: url.protocol,
    hostname: connectable(url.hostname),
    port: url.port === "" ? standardPort : Number(url.port),
    text: url.origin,
  });
}

/** RFC 6761: names under `.localhost` are this machine. Not every resolver and runtime knows it. */
export function connectable(hostname: string): string {
  return hostname === "localhost" || hostname.endsWith(".localhost") ? "127.0.0.1" : hostname;
}
