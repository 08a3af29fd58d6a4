import type { CftMessage, NodeMessage } from "@kith/protocol/node-message";

/** Whether the consensus core understands it. */
export function isCftMessage(message: NodeMessage): message is CftMessage {
  return cftKinds.has(message.kind);
}

const cftKinds: ReadonlySet<string> = new Set<CftMessage["kind"]>([
  "append",
  "confirm",
  "vote-request",
  "vote-response",
  "timeout-now",
]);

/** What the trace tells of a message. */
export function detailOf(message: NodeMessage): string {
  switch (message.kind) {
    case "append":
      return `${message.term} ${message.previousNum}+${message.blocks.length} final ${message.commitNum}`;
    case "confirm":
      return `${message.term} ${message.accepted ? "" : "not "}${message.headNum}`;
    case "vote-request":
      return `${message.term} ${message.pre ? "pre " : ""}${message.headTerm} ${message.headNum}`;
    case "vote-response":
      return `${message.term} ${message.pre ? "pre " : ""}${message.granted ? "yes" : "no"}`;
    case "timeout-now":
      return `${message.term}`;
    case "submit":
    case "submit-refused":
    case "read-index-request":
    case "read-index-response":
    case "blocks-request":
    case "blocks-response":
    case "snapshot-offer":
    case "snapshot-request":
    case "snapshot-chunk":
    case "peers":
      return "";
  }
}
