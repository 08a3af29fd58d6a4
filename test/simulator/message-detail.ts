import type { ConsensusMessage, NodeMessage } from "@kith/protocol/node-message";
import type { SignedVote } from "@kith/protocol/vote";

/** Whether the consensus core understands it. */
export function isConsensusMessage(message: NodeMessage): message is ConsensusMessage {
  return consensusKinds.has(message.kind);
}

const consensusKinds: ReadonlySet<string> = new Set<ConsensusMessage["kind"]>([
  "append",
  "confirm",
  "vote-request",
  "vote-response",
  "timeout-now",
  "proposal",
  "vote",
  "view-change",
  "new-view",
  "chain-request",
  "chain-response",
  "read-round",
  "read-answer",
  "certificate",
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
    case "proposal": {
      const { previous, blocks, vote, commitNum } = message;
      return `${vote.term} ${previous.num}+${blocks.length} ${voteDetail(vote)} final ${commitNum}`;
    }
    case "vote":
      return `${message.vote.term} ${voteDetail(message.vote)} final ${message.commitNum}`;
    case "view-change": {
      const { term, bestTerm, best } = message.view;
      return `${term} best ${bestTerm} ${best.num}`;
    }
    case "new-view":
      return `${message.views[0]?.term ?? 0} of ${message.views.length}`;
    case "chain-request":
      return `${message.final.num} head ${message.head.num}`;
    case "chain-response":
      return `${message.blocks[0]?.header.blockNum ?? 0}+${message.blocks.length} final ${message.certificate?.num ?? 0}`;
    case "certificate":
      return `${message.certificate.kind} ${message.certificate.num}`;
    case "read-round":
    case "read-answer":
      return `${message.round}`;
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

function voteDetail({ prepared, committed }: SignedVote): string {
  return `prepared ${prepared.num} committed ${committed.num}`;
}
