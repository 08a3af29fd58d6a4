import type { Mutant } from "../mutants.ts";

const certificates = "server/protocol/certificate.ts";
const spare =
  "what proves nothing has no place in a proof: strangers, and blocks that no vote speaks of";
const branches =
  "blocks that do not lead from the own log to the final one are not taken along with it";
const setFree =
  "a node is set free by what a quorum prepared in the term, and not by what nobody signed, what it lacks, or what is worse";
const catchUp = "server/consensus/bft/catch-up.ts";

/** What certificates prove. Liars are few, and what they sign alone proves nothing: for a mistake to show, they have to guess it. */
export const proofMutants: readonly Mutant[] = [
  {
    name: "certificate-unsigned",
    file: certificates,
    edits: [
      {
        from: "if (!rules.isSigned(vote.node, voteStatement(rules.chain, vote), vote.signature)) {",
        to: "if (voteStatement(rules.chain, vote).length === 0) {",
      },
    ],
    found: inProofs("votes that nobody signed prove nothing"),
  },
  {
    name: "certificate-counts-a-signer-twice",
    file: certificates,
    edits: [
      {
        from: "if (last !== undefined && node <= last) return",
        to: "if (node === undefined) return",
      },
    ],
    found: inProofs("a signer counts once, however often its vote is there"),
  },
  {
    name: "certificate-of-no-quorum",
    file: certificates,
    edits: [{ from: "if (count < quorum) return", to: "if (count === 0) return" }],
    found: inProofs("the votes of less than a quorum prove nothing"),
  },
  {
    name: "certificate-of-votes-for-another-block",
    file: certificates,
    edits: [{ from: "if (ids.get(num) !== id) return", to: "if (ids.size === 0) return" }],
    found: inProofs("votes for another block of that height prove nothing about this one"),
  },
  {
    name: "certificate-links-do-not-lead-there",
    file: certificates,
    edits: [
      {
        from: "if (header.blockNum !== tip.num + 1 || header.previous !== tip.id) {",
        to: "if (header.blockNum <= tip.num) {",
      },
    ],
    found: inProofs(
      "votes for what descends from one block prove nothing about another one, whatever is called a link",
    ),
  },
  {
    name: "finality-by-the-certificate-of-another-block",
    file: certificates,
    edits: [{ from: " || blockIdOfHeader(header) !== id) {", to: ") {" }],
    found: inProofs("a good certificate shows nothing about a block that was sent along with it"),
  },
  {
    name: "finality-by-prepares",
    file: certificates,
    edits: [{ from: 'if (kind !== "committed" || header', to: "if (header" }],
    found: inProofs("what a quorum prepared is not final"),
  },
  {
    name: "finality-kept-unchecked",
    file: catchUp,
    edits: [
      {
        from: "if (!isFinal(state, { fromNum: certificate.num, blocks: [] }, certificate)) return;",
        to: "",
      },
    ],
    found: inProofs("a proof that proves nothing is not kept for others who will ask"),
  },
  {
    name: "bft-lock-on-an-unchecked-certificate",
    file: catchUp,
    edits: [{ from: " || !certificateHolds(state, certificate)) return;", to: ") return;" }],
    found: inProofs(setFree),
  },
  {
    name: "bft-lock-on-a-worse-certificate",
    file: catchUp,
    edits: [
      {
        from: "if (!isBetter(certificate, orderOf(bft.lock)) || !certificateHolds",
        to: "if (!certificateHolds",
      },
    ],
    found: inProofs(setFree),
  },
  {
    name: "blocks-that-do-not-lead-to-the-final-one",
    file: "server/consensus/bft/branch.ts",
    edits: [
      {
        from: "fresh.at(-1)?.id !== previous || fresh.at(-1)?.header.blockNum !== blockNum - 1",
        to: "fresh.length > 2 ** 31",
      },
    ],
    found: inProofs(branches),
  },
  {
    name: "blocks-that-do-not-follow-the-own-log",
    file: "server/consensus/bft/branch.ts",
    edits: [
      { from: " || log.idAt(fromNum) !== previous) return undefined;", to: ") return undefined;" },
    ],
    found: inProofs(branches),
  },
  {
    name: "final-blocks-are-replaced",
    file: "server/consensus/bft/branch.ts",
    edits: [{ from: "if (fromNum < commitNum || log", to: "if (log" }],
    found: inProofs(
      "what is final here stays, also when so many lie that they can prove something else",
    ),
  },
  {
    name: "finality-goes-back",
    file: catchUp,
    edits: [{ from: "if (certificate.num <= state.commitNum) return false;", to: "" }],
    found: inProofs("an old proof takes back nothing of what is final since"),
  },
  {
    name: "bft-lock-on-a-block-that-is-not-here",
    file: "server/consensus/bft/lock.ts",
    edits: [{ from: "if (log.idAt(num) !== id) return false;", to: "" }],
    found: inProofs(setFree),
  },
  {
    name: "bft-certificate-of-a-later-term-for-what-is-before-its-root",
    file: "server/consensus/bft/lock.ts",
    edits: [
      {
        from: "return votes.every((vote) => placeVotedFor(kind, vote).num === num);",
        to: "return true;",
      },
    ],
    found: inLies(
      "votes of a later term prove nothing about blocks before its root: nobody goes back behind what was committed",
    ),
  },
  {
    name: "bft-blocks-up-to-a-root-without-its-certificate",
    file: "server/consensus/bft/fetch-root.ts",
    edits: [
      {
        from: "if (certificateHoldsUnder(state, certificate, { term, point: pointBehind(state, branch) })) {",
        to: "if (term > 0) {",
      },
    ],
    found: inLies(
      "blocks up to a root are taken only with a certificate for it: a leader that claims one makes nobody drop anything",
    ),
  },
  {
    name: "certificate-with-a-stranger",
    file: certificates,
    edits: [
      {
        from: "if (stranger !== undefined) return",
        to: "if (stranger !== undefined && votes.length === 0) return",
      },
    ],
    found: inProofs(spare),
  },
  {
    name: "certificate-with-spare-links",
    file: certificates,
    edits: [{ from: "return newest < end ?", to: "return newest < 0 ?" }],
    found: inProofs(spare),
  },
];

function inProofs(test: string): Mutant["found"] {
  return { scenario: { file: "bft-proofs.test.ts", test } };
}

function inLies(test: string): Mutant["found"] {
  return { scenario: { file: "bft-lies.test.ts", test } };
}
