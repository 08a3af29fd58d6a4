import { encodeNodeMessage } from "@kith/protocol/node-messages";

import {
  fewVotes,
  manyTransactions,
  manyVotes,
  sampleMessages,
  type SampledKind,
} from "./samples.ts";

/** Bytes of what nodes say to each other, as the product encodes it. */
export type MessageSizes = {
  readonly vote: number;
  readonly confirm: number;
  /** With a block without transactions. */
  readonly proposal: number;
  readonly append: number;
  /** What a transaction adds to its block. */
  readonly transaction: number;
  readonly viewChange: number;
  /** With so many votes. */
  readonly certificate: (votes: number) => number;
  /** With so many view changes, and a certificate of as many votes. */
  readonly newView: (votes: number) => number;
};

export function measureSizes(): MessageSizes {
  const proposal = sizesOf("proposal");
  const certificate = byVotes(sizesOf("certificate"));
  return {
    vote: sizesOf("vote").small,
    confirm: sizesOf("confirm").small,
    proposal: proposal.small,
    append: sizesOf("append").small,
    transaction: (proposal.large - proposal.small) / manyTransactions,
    viewChange: sizesOf("view-change").small - certificate(fewVotes),
    certificate,
    newView: byVotes(sizesOf("new-view")),
  };
}

type Sizes = { readonly small: number; readonly large: number };

function sizesOf(kind: SampledKind): Sizes {
  const [small = Number.NaN, large = small] = sampleMessages(kind).map(
    (message) => encodeNodeMessage(message).length,
  );
  return { small, large };
}

function byVotes({ small, large }: Sizes): (votes: number) => number {
  const each = (large - small) / (manyVotes - fewVotes);
  return (votes) => small + each * (votes - fewVotes);
}
