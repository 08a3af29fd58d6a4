import type { NodeMessage } from "@kith/protocol/node-message";
import type { SignedVote } from "@kith/protocol/vote";

/** What the digest of a trace holds of a message beside its kind: numbers that two different runs hardly share. */
export function factOf(message: NodeMessage): number {
  switch (message.kind) {
    case "append":
      return mixed(message.term, message.previousNum, message.blocks.length, message.commitNum);
    case "confirm":
      return mixed(message.term, message.headNum, message.round, message.accepted ? 1 : 0);
    case "vote-request":
      return mixed(message.term, message.headTerm, message.headNum, message.pre ? 1 : 0);
    case "vote-response":
      return mixed(message.term, message.granted ? 1 : 0, message.pre ? 1 : 0);
    case "timeout-now":
      return message.term;
    case "proposal":
      return mixed(voteFact(message.vote), message.blocks.length, message.commitNum);
    case "vote":
      return mixed(voteFact(message.vote), message.commitNum);
    case "view-change":
      return mixed(message.view.term, message.view.bestTerm, message.view.best.num);
    case "new-view":
      return mixed(message.views[0]?.term ?? 0, message.views.length);
    case "chain-request":
      return mixed(message.final.num, message.head.num);
    case "chain-response":
      return message.blocks.length;
    case "certificate":
      return message.certificate.num;
    case "read-round":
    case "read-answer":
    case "recall":
      return message.round;
    case "recalled":
      return mixed(message.round, message.term, message.headTerm, message.headNum);
    case "reminder":
      return mixed(message.term, message.num);
    case "submit":
      return message.transactions.length;
    case "blocks-request":
      return message.from;
    case "blocks-response":
      return message.blocks.length;
    case "changes-request":
      return message.after;
    case "changes-response":
      return message.changes.length;
    case "header-wanted":
      return message.num;
    case "snapshot-wanted":
      return message.after;
    case "snapshot-plan":
      return message.num;
    case "snapshot-offer":
      return message.block.header.blockNum;
    case "manifest-request":
    case "manifest-part":
      return message.at;
    case "snapshot-request":
    case "snapshot-chunk":
      return message.chunk;
    case "submit-refused":
    case "read-index-request":
    case "read-index-response":
    case "peers":
      return 0;
  }
}

function voteFact({ term, prepared, committed }: SignedVote): number {
  return mixed(term, prepared.num, committed.num);
}

function mixed(...numbers: readonly number[]): number {
  let hash = 0x811c9dc5 | 0;
  for (const number of numbers) hash = Math.imul(hash ^ number, 0x01000193);
  return hash;
}

/** What a printed trace tells of a message. */
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
    case "recall":
      return `${message.round}`;
    case "recalled":
      return `${message.term}${message.leads ? " leads" : ""} head ${message.headTerm} ${message.headNum}`;
    case "reminder":
      return `${message.term} ${message.num}`;
    case "submit":
    case "submit-refused":
    case "read-index-request":
    case "read-index-response":
    case "blocks-request":
    case "blocks-response":
    case "changes-request":
    case "changes-response":
    case "header-wanted":
    case "snapshot-wanted":
    case "snapshot-plan":
    case "snapshot-offer":
    case "manifest-request":
    case "manifest-part":
    case "snapshot-request":
    case "snapshot-chunk":
    case "peers":
      return "";
  }
}

function voteDetail({ prepared, committed }: SignedVote): string {
  return `prepared ${prepared.num} committed ${committed.num}`;
}
