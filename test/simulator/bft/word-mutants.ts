import type { Mutant } from "../mutants.ts";

const found = (file: string, test: string): Mutant["found"] => ({ scenario: { file, test } });

/** Whose word counts for what, who is accused by it, and who reads by it. */
export const wordMutants: readonly Mutant[] = [
  {
    name: "bft-vote-in-the-name-of-another",
    file: "server/consensus/bft/step.ts",
    edits: [{ from: "if (vote.node !== from || !state.voters", to: "if (!state.voters" }],
    found: found("bft-words.test.ts", "nobody votes in the name of others"),
  },
  {
    name: "bft-lock-on-unsigned-votes",
    file: "server/consensus/bft/lock.ts",
    edits: [{ from: "if (voteIsSigned(state, vote)) take(vote);", to: "if (vote) take(vote);" }],
    found: found("bft-words.test.ts", "a vote that is not signed locks nothing"),
  },
  {
    name: "bft-final-by-prepares",
    file: "server/consensus/bft/tally.ts",
    edits: [{ from: "?.committed?.committed.num ?? 0", to: "?.prepared?.prepared.num ?? 0" }],
    found: found(
      "bft.test.ts",
      "a block takes three messages in a row: the block, prepares, commits",
    ),
  },
  {
    name: "bft-certificate-for-what-is-before-the-root-of-votes-behind-it",
    file: "server/consensus/bft/lock.ts",
    edits: [
      {
        from: 'kind === "prepared" && state.log.termAt(num) !== state.term;',
        to: 'kind === "prepared" && num < 0;',
      },
    ],
    found: found(
      "bft-lies.test.ts",
      "a node locks nothing before the root of its term, whoever votes for what follows",
    ),
  },
  {
    name: "bft-lock-is-forgotten-with-the-process",
    file: "server/consensus/core/start.ts",
    edits: [{ from: "state.bft.lock = restored.ballot.lock;", to: "" }],
    found: found(
      "bft-restarts.test.ts",
      "a commitment that is on the disk is told again after a restart",
    ),
  },
  {
    name: "bft-producers-that-another-state-asks-for",
    file: "server/consensus/bft/proposal.ts",
    edits: [
      {
        from: "const wanted = executed.get(executedNum)?.wanted;",
        to: "const wanted = executed.get(executedNum)?.wanted ?? [...executed.values()].find((each) => each.wanted)?.wanted;",
      },
    ],
    found: found(
      "bft-blocks.test.ts",
      "nor others than those that the state of the named height asks for",
    ),
  },
  {
    name: "bft-one-producer-moves-all",
    file: "server/consensus/bft/rules.ts",
    edits: [
      {
        from: 'const enough = size - quorumSize("bft", size) + 1;',
        to: 'const enough = size - quorumSize("bft", size);',
      },
    ],
    found: found(
      "bft-words.test.ts",
      "one producer that does not lead moves nobody to a later term, and two of four do",
    ),
  },
  {
    name: "bft-evidence-by-the-vote-of-another",
    file: "server/consensus/bft/conflict.ts",
    edits: [
      {
        from: "node === vote.node && prepared.num >= vote.prepared.num;",
        to: "prepared.num >= vote.prepared.num;",
      },
    ],
    found: found(
      "bft-words.test.ts",
      "whoever votes for two blocks of a height is accused by its own votes, and by nothing else",
    ),
  },
  {
    name: "bft-evidence-by-a-vote-that-is-not-signed",
    file: "server/consensus/bft/conflict.ts",
    edits: [{ from: " || !voteIsSigned(state, vote)) return;", to: ") return;" }],
    found: found(
      "bft-words.test.ts",
      "whoever votes for two blocks of a height is accused by its own votes, and by nothing else",
    ),
  },
  {
    name: "bft-evidence-by-an-earlier-vote",
    file: "server/consensus/bft/conflict.ts",
    edits: [
      {
        from: "node === vote.node && prepared.num >= vote.prepared.num;",
        to: "node === vote.node;",
      },
    ],
    found: found("bft-words.test.ts", "nor by an earlier vote for what its later one may stand on"),
  },
  {
    name: "bft-read-without-a-quorum",
    file: "server/consensus/bft/reads.ts",
    edits: [
      {
        from: "if (!quorumOfVoters(state.voters, isFinal)) return;",
        to: "if (![...asking.answers.keys()].every(isFinal)) return;",
      },
    ],
    found: found(
      "bft-words.test.ts",
      "a read is ready when a quorum has answered it, and not by answers to an earlier one",
    ),
  },
  {
    name: "bft-read-by-answers-to-an-earlier-one",
    file: "server/consensus/bft/reads.ts",
    edits: [{ from: "if (asking?.round === answer.round) asking.", to: "if (asking) asking." }],
    found: found(
      "bft-words.test.ts",
      "a read is ready when a quorum has answered it, and not by answers to an earlier one",
    ),
  },
  {
    name: "bft-term-begins-twice",
    file: "server/consensus/bft/new-view.ts",
    edits: [
      {
        from: "(leading.term === state.term && state.bft.root === undefined);",
        to: "leading.term === state.term;",
      },
    ],
    found: found(
      "bft-words.test.ts",
      "a term begins once, although its leader proves later that it could have begun elsewhere",
    ),
  },
  {
    name: "bft-final-by-an-unchecked-certificate",
    file: "server/consensus/bft/catch-up.ts",
    edits: [
      {
        from: "if (branch === undefined || !isFinal(state, branch, certificate)) return false;",
        to: "if (branch === undefined) return false;",
      },
    ],
    found: found("bft-proofs.test.ts", "the votes of less than a quorum prove nothing"),
  },
  {
    name: "bft-certificate-of-what-is-final-binds-nobody",
    file: "server/consensus/bft/catch-up.ts",
    edits: [
      {
        from: "if (involvesBft(state) && outdoesLock(state, certificate)) {",
        to: "if (!involvesBft && outdoesLock(state, certificate)) {",
      },
    ],
    found: found(
      "bft-restarts.test.ts",
      "what a node may have voted behind before a restart is still on its disk after the next write",
    ),
  },
  {
    name: "bft-node-that-was-overruled-goes-on-in-its-term",
    file: "server/consensus/bft/catch-up.ts",
    edits: [
      { from: "else if (overruled) suspectLeader(state);", to: "else if (!overruled) return;" },
    ],
    found: found(
      "bft-restarts.test.ts",
      "who took what is final in the place of what it voted for votes no more in that term, also after a restart",
    ),
  },
  {
    name: "bft-leader-counts-view-changes-for-other-terms",
    file: "server/consensus/bft/new-view.ts",
    edits: [
      {
        from: "if (view.node === config.self || view.term !== state.term) continue;",
        to: "if (view.node === config.self) continue;",
      },
    ],
    found: found("bft-terms.test.ts", "a leader waits for the view changes of a quorum"),
  },
];
