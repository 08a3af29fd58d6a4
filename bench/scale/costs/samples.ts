import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock, type HeaderDraft } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import { signTestVote, TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";
import {
  viewChangeStatement,
  type BlockPlace,
  type SignedViewChange,
  type SignedVote,
} from "@kith/protocol/vote";
import { publicKeyOf, buildTransaction, signTransaction } from "@kith/sdk/transaction";

import type { MessageKind } from "./costs.ts";

/** What nodes say to each other, with real keys and signatures, to be measured. */
const producers = Array.from({ length: 100 }, (_, at) => testProducer(at));
const chain = new TestChain(testConsensus("bft", producers));
while (chain.headers.length < 8) chain.append();
export const sampleChain: TestChain = chain;
const place: BlockPlace = chain.placeAt(4);
/** Votes of the small and of the large message of those kinds that carry votes. */
export const fewVotes = 3;
export const manyVotes = 67;
/** Transactions in the block of the large message of those kinds that carry blocks, and their size. */
export const manyTransactions = 400;
const transactionBytes = 300;
const term = termOf(1);
const epoch = blockNumOf(1);

export function sampleBlock(transactionsBytes: readonly Uint8Array[]): SealedBlock {
  return sealBlock(headerDraft, transactionsBytes);
}

const headerDraft: HeaderDraft = chain.header(4);

export function sampleVote(producer = 0): SignedVote {
  const vote = { epoch, term, prepared: place, committed: chain.placeAt(3) };
  return signTestVote(chain.id, vote, testProducer(producer));
}

export function sampleCertificate(votes: number): Certificate {
  return chain.certificate({
    num: 4,
    voters: producers.slice(0, votes),
    kind: "prepared",
    term: 1,
  });
}

function sampleView(producer: number): SignedViewChange {
  const { node, sign } = testProducer(producer);
  const view = { epoch, term, bestEpoch: epoch, bestTerm: term, best: place };
  return { ...view, node, signature: sign(viewChangeStatement(chain.id, view)) };
}

/** A signed transaction of so many bytes, packed. */
export function sampleTransaction(sizeBytes: number): Uint8Array {
  const secretKey = new Uint8Array(32).fill(7);
  const packed = (rawBytes: number): Uint8Array => {
    const action = {
      sender: accountNameConstant("alice"),
      service: accountNameConstant("tokens"),
      method: methodNameConstant("credit"),
      rawData: new Uint8Array(rawBytes),
    };
    const draft = { actions: [action], expiration: 1_790_000_000, refBlockIndex: 3 };
    const transaction = buildTransaction({ ...draft, keys: [publicKeyOf(secretKey)] });
    return signTransaction(transaction, chain.id, secretKey).bytes;
  };
  return packed(Math.max(0, sizeBytes - packed(0).length));
}

/** What nodes say in every block and in every new term; whatever else they say is small and rare. */
export const sampledKinds = [
  "append",
  "confirm",
  "proposal",
  "vote",
  "view-change",
  "new-view",
  "chain-response",
  "certificate",
] as const satisfies readonly MessageKind[];
export type SampledKind = (typeof sampledKinds)[number];

/** A small and a large message of each kind; those that never vary in size have one. */
export function sampleMessages(kind: SampledKind): readonly ConsensusMessage[] {
  const commitNum = blockNumOf(3);
  const blocks = [[sampleBlock([])], [sampleBlock(sampleTransactions(manyTransactions))]];
  switch (kind) {
    case "vote":
      return [{ kind, vote: sampleVote(), commitNum }];
    case "proposal":
      return blocks.map((each) => ({
        kind,
        previous: place,
        blocks: each,
        vote: sampleVote(),
        commitNum,
      }));
    case "append":
      return blocks.map((each) => ({ kind, term, ...previous, blocks: each, commitNum, round: 1 }));
    case "chain-response":
      return blocks.map((each) => ({
        kind,
        blocks: each,
        certificate: sampleCertificate(fewVotes),
      }));
    case "confirm":
      return [
        {
          kind,
          term,
          headNum: place.num,
          headId: place.id,
          accepted: true,
          commitNum,
          round: 1,
          clock: 1,
        },
      ];
    case "view-change":
      return [fewVotes, manyVotes].map((votes) => ({
        kind,
        view: sampleView(0),
        certificate: sampleCertificate(votes),
      }));
    case "new-view":
      return [fewVotes, manyVotes].map((votes) => ({
        kind,
        views: sampleViews(votes),
        certificate: sampleCertificate(votes),
      }));
    case "certificate":
      return [fewVotes, manyVotes].map((votes) => ({
        kind,
        certificate: sampleCertificate(votes),
      }));
  }
}

const previous = { previousNum: place.num, previousId: place.id };

function sampleViews(count: number): readonly SignedViewChange[] {
  return Array.from({ length: count }, (_, at) => sampleView(at));
}

export function sampleTransactions(count: number): readonly Uint8Array[] {
  const transaction = sampleTransaction(transactionBytes);
  return Array.from({ length: count }, (_, at) => {
    const copy = transaction.slice();
    copy[copy.length - 1] = at & 255;
    return copy;
  });
}
