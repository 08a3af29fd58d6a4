import type { Mutant } from "../mutants.ts";

const bft = "server/consensus/bft";
const epoch = "server/consensus/joint/epoch.ts";
const counting = (test: string): Mutant["found"] => ({
  scenario: { file: "bft-counting.test.ts", test },
});
const epochs = (test: string): Mutant["found"] => ({
  scenario: { file: "bft-epochs.test.ts", test },
});

const ofEarlierTerm =
  "what was voted for in an earlier term is not counted in the next one, which goes on from the same block";
const late =
  "nor is what arrives late of an earlier term, as a vote or as a proposal of its leader";
const votesOfEpoch =
  "votes of an epoch that is over are not counted in a term of the next one, whether they came before or come late";
const viewsOfEpoch =
  "view changes of an epoch that is over begin no term of the next one, whether they came before or come late";

/** Which votes count together: those for blocks of this log, of one term and of one epoch. */
const countingMutants: readonly Mutant[] = [
  {
    name: "bft-vote-for-a-block-that-went-is-counted",
    file: `${bft}/peers.ts`,
    edits: [
      {
        from: "else if (peer.prepared !== undefined && !stands(peer.prepared.prepared))\n    peer.prepared = undefined;",
        to: "",
      },
    ],
    found: {
      scenario: {
        file: "bft-lies.test.ts",
        test: "a vote for a block that went when the term began counts for no other block at its height",
      },
    },
  },
  {
    name: "bft-commit-for-a-block-that-went-is-counted",
    file: `${bft}/peers.ts`,
    edits: [
      {
        from: "else if (peer.committed !== undefined && !stands(peer.committed.committed))\n    peer.committed = undefined;",
        to: "",
      },
    ],
    found: counting(
      "a commit for a block that went when the term began makes no other block at its height final",
    ),
  },
  {
    name: "bft-votes-are-not-looked-at-again-when-the-term-begins",
    file: `${bft}/new-view.ts`,
    edits: [{ from: "  matchAll(state);\n}", to: "}" }],
    found: counting(
      "nor does a vote for it count where the leader's proposal turns out bad behind the other block",
    ),
  },
  {
    name: "bft-votes-outlast-their-term",
    file: `${bft}/view-change.ts`,
    edits: [{ from: "bft.peers.clear();", to: "" }],
    found: counting(ofEarlierTerm),
  },
  {
    name: "bft-late-vote-of-an-earlier-term-is-counted",
    file: `${bft}/step.ts`,
    edits: [{ from: "} else if (vote.term === state.term) {", to: "} else {" }],
    found: counting(late),
  },
  {
    name: "bft-early-vote-is-counted-in-any-term",
    file: `${bft}/view-change.ts`,
    edits: [{ from: "if (vote.term === term) noteVote", to: "noteVote" }],
    found: counting("nor is what somebody says of a later term that has not begun"),
  },
  {
    name: "bft-commitment-outlasts-its-term",
    file: `${bft}/view-change.ts`,
    edits: [{ from: "bft.committed = noPlace;", to: "" }],
    found: counting(
      "a commitment of an earlier term is not said again before a quorum has prepared the block in the term that goes on",
    ),
  },
  {
    name: "bft-commitment-on-its-way-to-the-disk-outlasts-its-term",
    file: `${bft}/view-change.ts`,
    edits: [{ from: "bft.locksWritten.length = 0;", to: "" }],
    found: counting("nor is one that was on its way to the disk when the term ended"),
  },
  {
    name: "bft-commitment-of-another-term-is-restored",
    file: `${bft}/begin.ts`,
    edits: [
      {
        from: "if (lock?.term !== term || lock.epoch !== epochOf(state)) return;",
        to: "if (lock === undefined) return;",
      },
    ],
    found: counting(
      "nor is one that is on the disk when the node starts again in the term that goes on",
    ),
  },
  {
    name: "bft-certificate-of-another-term-is-committed",
    file: `${bft}/locking.ts`,
    edits: [{ from: "if (certificate.term !== state.term) return;", to: "" }],
    found: counting(
      "nor does a leader say that it commits what others prepared in an earlier term, when it goes on from that",
    ),
  },
];

const epochMutants: readonly Mutant[] = [
  {
    name: "bft-vote-of-another-epoch-is-counted",
    file: `${bft}/step.ts`,
    edits: [{ from: "if (vote.epoch !== epoch) {", to: "if (vote.epoch < 0) {" }],
    found: epochs(votesOfEpoch),
  },
  {
    name: "joint-early-votes-outlast-their-epoch",
    file: epoch,
    edits: [{ from: "bft.early.clear();", to: "" }],
    found: epochs(votesOfEpoch),
  },
  {
    name: "joint-view-changes-outlast-their-epoch",
    file: epoch,
    edits: [{ from: "bft.views.clear();", to: "" }],
    found: epochs(viewsOfEpoch),
  },
  {
    name: "bft-view-change-of-another-epoch-is-counted",
    file: `${bft}/view-change.ts`,
    edits: [
      {
        from: "if (view.epoch !== epochOf(state)) {",
        to: "if (view.epoch < 0) {",
      },
    ],
    found: epochs(viewsOfEpoch),
  },
  {
    name: "bft-view-of-another-epoch-begins-a-term",
    file: `${bft}/new-view.ts`,
    edits: [{ from: "if (leading.epoch !== epochOf(state)) {", to: "if (leading.epoch < 0) {" }],
    found: epochs(
      "nor do they in a view that the leader of both epochs has put together, alone or among others",
    ),
  },
  {
    name: "bft-view-of-several-epochs-begins-a-term",
    file: `${bft}/new-view.ts`,
    edits: [{ from: "view.epoch !== leading.epoch || view.term", to: "view.term" }],
    found: epochs(
      "nor do they in a view that the leader of both epochs has put together, alone or among others",
    ),
  },
  {
    name: "bft-proposal-of-another-epoch-is-taken",
    file: `${bft}/proposal.ts`,
    edits: [{ from: "if (vote.epoch !== epochOf(state)) {", to: "if (vote.epoch < 0) {" }],
    found: epochs("a proposal of an epoch that is over is no word of its leader in the next one"),
  },
  {
    name: "bft-later-terms-of-an-earlier-epoch-outdo-an-epoch",
    file: `${bft}/lock.ts`,
    edits: [{ from: "if (a.epoch !== b.epoch) return a.epoch > b.epoch;", to: "" }],
    found: epochs(
      "what the producers of an epoch that is over prepare in later terms undoes nothing that the next ones prepared",
    ),
  },
];

export const voteMutants: readonly Mutant[] = [...countingMutants, ...epochMutants];
