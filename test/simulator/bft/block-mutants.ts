import type { Mutant } from "../mutants.ts";

const proposal = "server/consensus/bft/proposal.ts";
const rules = "server/consensus/log/block-rules.ts";
const found = (test: string): Mutant["found"] => ({
  scenario: { file: "bft-blocks.test.ts", test },
});

const onlyTheLeader = "only the leader of the term proposes, and only what it signed";
const sameHeight =
  "a block that names the height of the one before names its roots, and no earlier height";

/** Nobody signs a state that it did not compute, or one that is wrong. */
const stateMutants: readonly Mutant[] = [
  {
    name: "bft-state-that-is-not-computed-is-signed",
    file: proposal,
    edits: [
      {
        from: 'if (header.executedNum > executedNum) return "later";',
        to: 'if (header.executedNum > executedNum) return "good";',
      },
    ],
    found: { mode: "core-bft", weather: "usual", producerCount: 4, seedsMax: 30 },
  },
  {
    name: "bft-wrong-state-is-signed",
    file: proposal,
    edits: [{ from: "roots?.stateRoot === stateRoot && roots.", to: "roots?." }],
    found: found("and none when it turns out different"),
  },
  {
    name: "bft-wrong-root-of-events-is-signed",
    file: proposal,
    edits: [
      {
        from: "roots?.stateRoot === stateRoot && roots.eventRoot === eventRoot",
        to: "roots?.stateRoot === stateRoot",
      },
    ],
    found: found("the root of the events has to be what was computed here, too"),
  },
  {
    name: "bft-wrong-state-is-signed-for-the-height-of-the-block-before",
    file: proposal,
    edits: [
      {
        from: 'return before.stateRoot === stateRoot && before.eventRoot === eventRoot ? "good" : "bad";',
        to: 'return "good";',
      },
    ],
    found: found(sameHeight),
  },
  {
    name: "bft-state-goes-back",
    file: proposal,
    edits: [
      {
        from: 'if (before !== undefined && header.executedNum < before.executedNum) return "bad";',
        to: "",
      },
    ],
    found: found("the state that blocks name never goes back"),
  },
];

/** The community says who produces, and nothing is built on that before it is final. */
const producerMutants: readonly Mutant[] = [
  {
    name: "bft-leader-names-producers",
    file: proposal,
    edits: [{ from: ' && !isWanted(bft, block) ? "bad" : roots;', to: " ? roots : roots;" }],
    found: found("the leader cannot name producers that nobody asked for"),
  },
  {
    name: "bft-leader-names-others-than-were-asked-for",
    file: proposal,
    edits: [{ from: " && isSameConsensus(wanted, newConsensus);", to: ";" }],
    found: found("nor others than those that the state of the named height asks for"),
  },
  {
    name: "joint-producer-with-two-votes",
    file: rules,
    edits: [{ from: "checkChange(under, header.newConsensus) === undefined", to: "true" }],
    found: found("nor such as would give one producer two votes, although the state asks for it"),
  },
  {
    name: "joint-block-on-a-change-that-is-not-final",
    file: proposal,
    edits: [
      {
        from: 'if (consensusUnder(consensus.point, header.commitNum).joint.next !== undefined) return "bad";',
        to: "",
      },
    ],
    found: found("nothing is built on a change of producers before it is final"),
  },
  {
    name: "joint-leader-is-believed-that-a-change-is-final",
    file: proposal,
    edits: [
      {
        from: "if (header.commitNum > state.commitNum && consensus",
        to: "if (!state && consensus",
      },
    ],
    found: found(
      "nor under the rules of the next producers, because the leader says that it is final",
    ),
  },
];

/** Whose blocks are taken, and when. */
const proposalMutants: readonly Mutant[] = [
  {
    name: "bft-proposal-of-an-earlier-term-is-taken",
    file: proposal,
    edits: [{ from: "if (vote.term !== state.term || vote.node", to: "if (vote.node" }],
    found: {
      scenario: {
        file: "bft-counting.test.ts",
        test: "nor is what arrives late of an earlier term, as a vote or as a proposal of its leader",
      },
    },
  },
  {
    name: "bft-proposal-is-held-over-its-term",
    file: "server/consensus/bft/view-change.ts",
    edits: [{ from: "bft.held.length = 0;", to: "" }],
    found: found(
      "a proposal that waits for a state when its term ends is no word of its leader in the next one, which goes on from its block",
    ),
  },
  {
    name: "bft-block-of-an-earlier-term-is-taken",
    file: proposal,
    edits: [{ from: 'if (header.term !== state.term) return "bad";', to: "" }],
    found: found(
      "a block of an earlier term gets no vote in this one, although the leader of this one votes for it",
    ),
  },
  {
    name: "bft-anybody-proposes",
    file: proposal,
    edits: [{ from: " || vote.node !== leaderOf(state, vote.term)) return;", to: ") return;" }],
    found: found(onlyTheLeader),
  },
  {
    name: "bft-proposal-is-not-signed",
    file: proposal,
    edits: [{ from: "if (!voteIsSigned(state, vote)) return;", to: "" }],
    found: found(onlyTheLeader),
  },
  {
    name: "bft-proposal-is-not-what-the-leader-signed",
    file: proposal,
    edits: [
      {
        from: "if (tip?.num !== vote.prepared.num || tip.id !== vote.prepared.id) return;",
        to: "if (tip === undefined) return;",
      },
    ],
    found: found(onlyTheLeader),
  },
  {
    name: "bft-proposed-blocks-do-not-follow-each-other",
    file: proposal,
    edits: [
      {
        from: "if (header.previous !== tip.id || header.blockNum !== tip.num + 1) return undefined;",
        to: "",
      },
    ],
    found: {
      scenario: {
        file: "bft-lies.test.ts",
        test: "a block that somebody else slips in before the leader's own is not taken for the leader's",
      },
    },
  },
  {
    name: "bft-block-is-put-behind-another-one",
    file: proposal,
    edits: [{ from: "if (ownId !== undefined && ownId !== previous.id) {", to: "if (!ownId) {" }],
    found: found("a block goes behind the newest one, by number and by id"),
  },
  {
    name: "bft-vote-in-a-term-that-has-not-begun",
    file: "server/consensus/bft/vote.ts",
    edits: [
      {
        from: "if (bft.root === undefined || !isVoter(state)) return;",
        to: "if (!isVoter(state)) return;",
      },
      { from: "if (root === undefined || durableNum < root.num) return undefined;", to: "" },
    ],
    found: found("nobody votes in a term of which no quorum has shown where it begins"),
  },
  {
    name: "bft-block-in-the-name-of-another-producer",
    file: proposal,
    edits: [{ from: " || !isOfLeader(state, block)) return", to: " || !isOfLeader) return" }],
    found: found("a block is made in the name of the producer whose turn it is"),
  },
  {
    name: "bft-block-ahead-of-the-clocks",
    file: proposal,
    edits: [{ from: 'if (!timeIsAcceptable(state, header.time, out.now)) return "bad";', to: "" }],
    found: found("a block is not ahead of the clocks"),
  },
  {
    name: "block-does-not-go-on-in-time",
    file: rules,
    edits: [{ from: "header.time > head.time &&", to: "" }],
    found: found("time goes on from block to block"),
  },
  {
    name: "block-says-that-it-is-final",
    file: rules,
    edits: [{ from: "header.commitNum < header.blockNum &&", to: "" }],
    found: found("no block says that it is final itself"),
  },
  {
    name: "block-names-other-rules",
    file: rules,
    edits: [{ from: "header.consensusState === consensusStateUnder(state, under) &&", to: "" }],
    found: found("a block names the rules that it was made under"),
  },
];

export const blockMutants: readonly Mutant[] = [
  ...stateMutants,
  ...producerMutants,
  ...proposalMutants,
];
