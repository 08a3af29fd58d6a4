import assert from "node:assert/strict";
import { test } from "node:test";

import type { Certificate } from "@kith/protocol/certificate";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, termOf } from "@kith/protocol/ids";
import { certificateLinksMax } from "@kith/protocol/limits";
import { signTestVote, type TestProducer } from "@kith/protocol/test-chain";

import {
  type FakeLightNode,
  first,
  headerJson,
  hexOfCertificate,
  people,
  second,
  votersOf,
} from "./fake-light-node.ts";
import { tell, type Lie, type Lies } from "./lie.ts";

const aboutRow = { about: "/common/proof/row" } as const;

/** Another certificate for the newest block. */
function certified(
  make: (certificate: Certificate, node: FakeLightNode) => Certificate,
): Lie["alter"] {
  return (answer, node) => {
    const voters = votersOf(node.chain, node.newest);
    const honest = node.chain.certificate({ num: node.newest, voters });
    return { ...answer, certificate: hexOfCertificate(make(honest, node)) };
  };
}

function votedBy(
  voters: readonly TestProducer[],
  of: { readonly term?: number; readonly epoch?: number } = {},
): Lie["alter"] {
  return (answer, node) => ({
    ...answer,
    certificate: hexOfCertificate(node.chain.certificate({ num: node.newest, voters, ...of })),
  });
}

const certificateLies: Lies = {
  "a vote whose signature is somebody else's": {
    ...aboutRow,
    alter: certified(({ votes, ...rest }) => {
      const signatures = votes.map(({ signature }) => signature).toReversed();
      return {
        ...rest,
        votes: votes.map((vote, at) => ({ ...vote, signature: signatures[at] ?? vote.signature })),
      };
    }),
    code: "certificate-vote-forged",
  },
  "one bit of one signature": {
    ...aboutRow,
    alter: certified(({ votes, ...rest }) => ({
      ...rest,
      votes: votes.map((vote, at) =>
        at === 0
          ? { ...vote, signature: vote.signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) }
          : vote,
      ),
    })),
    code: "certificate-vote-forged",
  },
  "signatures that are none": {
    ...aboutRow,
    alter: certified(({ votes, ...rest }) => ({
      ...rest,
      votes: votes.map((vote) => ({ ...vote, signature: new Uint8Array(0) })),
    })),
    code: "certificate-vote-forged",
  },
  "one signer many times": {
    ...aboutRow,
    alter: certified(({ votes, ...rest }) => {
      const [one] = votes;
      return { ...rest, votes: one === undefined ? [] : votes.map(() => one) };
    }),
    code: "certificate-votes-unordered",
  },
  "one signer twice among enough": {
    ...aboutRow,
    alter: certified(({ votes, ...rest }) => ({
      ...rest,
      votes: votes.flatMap((vote) => [vote, vote]),
    })),
    code: "certificate-votes-unordered",
  },
  "signers in another order": {
    ...aboutRow,
    alter: certified(({ votes, ...rest }) => ({ ...rest, votes: votes.toReversed() })),
    code: "certificate-votes-unordered",
  },
  "a signer who is no producer": {
    ...aboutRow,
    alter: votedBy(people.slice(6, 12)),
    code: "certificate-vote-of-stranger",
  },
  "the producers before these": {
    ...aboutRow,
    alter: votedBy(second),
    code: "certificate-vote-of-stranger",
  },
  "the first producers, in their own epoch": {
    ...aboutRow,
    alter: votedBy(first, { epoch: 1 }),
    code: "certificate-of-another-epoch",
  },
  "these producers in an earlier epoch": {
    ...aboutRow,
    alter: votedBy(people.slice(6, 11), { epoch: 6 }),
    code: "certificate-of-another-epoch",
  },
  "too few": {
    ...aboutRow,
    alter: votedBy(people.slice(6, 9)),
    code: "certificate-without-quorum",
  },
  nobody: { ...aboutRow, alter: votedBy([]), code: "certificate-without-quorum" },
  "votes of another term": {
    ...aboutRow,
    alter: certified((certificate) => ({ ...certificate, term: termOf(certificate.term + 1) })),
    code: "certificate-of-another-term",
  },
  "votes of two terms": {
    ...aboutRow,
    alter: certified((certificate, { chain }) => {
      const voters = people.slice(6, 11);
      const later = chain.certificate({ num: 15, voters, term: certificate.term + 1 });
      const [one] = later.votes;
      const votes = certificate.votes.map((vote) => (vote.node === one?.node ? one : vote));
      return { ...certificate, votes };
    }),
    code: "certificate-of-another-term",
  },
  "a majority of a later term than the block's, under CFT": {
    ...aboutRow,
    algorithm: "cft",
    alter: votedBy(people.slice(6, 11), { term: 5 }),
    code: "certificate-without-own-block",
  },
  "votes of another network": {
    ...aboutRow,
    alter: certified((certificate) => {
      const other = blockIdOf(`00000001${"77".repeat(28)}`);
      const signers = people.slice(6, 11);
      const votes = certificate.votes.map((vote) => {
        const signer = signers.find(({ node }) => node === vote.node);
        return signer === undefined ? vote : signTestVote(other, vote, signer);
      });
      return { ...certificate, votes };
    }),
    code: "certificate-vote-forged",
  },
  "votes for another block": {
    ...aboutRow,
    alter: certified((certificate, { chain }) => {
      const { votes } = chain.certificate({ num: 14, voters: people.slice(6, 11) });
      return { ...certificate, votes };
    }),
    code: "certificate-vote-elsewhere",
  },
  "prepared, and not committed": {
    ...aboutRow,
    alter: certified((certificate) => ({ ...certificate, kind: "prepared" })),
    code: "certificate-of-another-block",
  },
  "the certificate of another block": {
    ...aboutRow,
    alter: (answer, node) => ({ ...answer, certificate: node.certificate(14) }),
    code: "certificate-of-another-block",
  },
  "a block number of nothing": {
    ...aboutRow,
    alter: certified((certificate) => ({ ...certificate, id: blockIdOf(zeroChecksum) })),
    code: "certificate-of-another-block",
  },
  "links that no vote names": {
    ...aboutRow,
    alter: (answer, node) => {
      const { chain } = node;
      const spare = {
        ...chain.certificate({ num: 14, voters: votersOf(chain, 14) }),
        links: [chain.header(15)],
      };
      return { ...answer, header: headerJson(chain, 14), certificate: hexOfCertificate(spare) };
    },
    code: "certificate-links-spare",
  },
  "links that lead elsewhere": {
    ...aboutRow,
    alter: certified((certificate, { chain }) => ({ ...certificate, links: [chain.header(15)] })),
    code: "certificate-links-broken",
  },
  "more links than are read": {
    ...aboutRow,
    alter: certified((certificate, { chain }) => ({
      ...certificate,
      links: Array.from({ length: certificateLinksMax + 1 }, () => chain.header(15)),
    })),
    code: "answer-malformed",
  },
  "no certificate": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, certificate: null }),
    code: "light-certificate-missing",
  },
  "a certificate that is none": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, certificate: "00FF" }),
    code: "answer-malformed",
  },
  "a certificate that is not said": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, certificate: undefined }),
    code: "answer-malformed",
  },
};

for (const [name, lie] of Object.entries(certificateLies)) {
  test(`${name}: ${lie.code}`, async () => {
    assert.deepEqual(await tell(lie), { code: lie.code, isTold: true, isUnspoiled: true });
  });
}
