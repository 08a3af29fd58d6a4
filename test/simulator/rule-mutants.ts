import type { Mutant } from "./mutants.ts";

const found = (file: string, test: string): Mutant["found"] => ({ scenario: { file, test } });

/** What a follower takes from a leader. */
const appendMutants: readonly Mutant[] = [
  {
    name: "append-of-an-earlier-term-is-taken",
    file: "server/consensus/cft/append.ts",
    edits: [{ from: "if (message.term < state.term) {", to: "if (message.term < 0) {" }],
    found: found(
      "cft-rules.test.ts",
      "a leader of an earlier term is told so, and nothing that it sends is taken",
    ),
  },
  {
    name: "leader-makes-final-what-is-not-its-own",
    file: "server/consensus/cft/append.ts",
    edits: [
      {
        from: "Math.min(message.commitNum, match.num, finalByWordMax",
        to: "Math.min(message.commitNum, state.log.head.num, finalByWordMax",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "what a leader says is final is so only as far as the own log is known to equal its own",
    ),
  },
  {
    name: "appended-blocks-do-not-follow-each-other",
    file: "server/consensus/cft/append.ts",
    edits: [{ from: " && header.previous === match.id;", to: ";" }],
    found: found(
      "cft-rules.test.ts",
      "a follower takes no block that does not follow the one before, or is of a later term than its leader's",
    ),
  },
  {
    name: "appended-block-of-a-later-term",
    file: "server/consensus/cft/append.ts",
    edits: [{ from: "header.term <= message.term && header.previous", to: "header.previous" }],
    found: found(
      "cft-rules.test.ts",
      "a follower takes no block that does not follow the one before, or is of a later term than its leader's",
    ),
  },
  {
    name: "appended-block-breaks-the-rules",
    file: "server/consensus/cft/append.ts",
    edits: [
      {
        from: "if (!obeysRules(state, out, block)) return undefined;",
        to: "if (!obeysRules) return undefined;",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "a block that breaks the rules of blocks breaks loudly: terms and times go on, and none says that it is final",
    ),
  },
  {
    name: "block-of-an-earlier-term-than-the-one-before",
    file: "server/consensus/log/block-rules.ts",
    edits: [{ from: "header.term >= head.term &&", to: "" }],
    found: found(
      "cft-rules.test.ts",
      "a block that breaks the rules of blocks breaks loudly: terms and times go on, and none says that it is final",
    ),
  },
  {
    name: "appended-block-of-the-future",
    file: "server/consensus/cft/append.ts",
    edits: [
      {
        from: "if (!isDue(state, out, message, block)) return match;",
        to: "if (!isDue) return match;",
      },
    ],
    found: found(
      "replication.test.ts",
      "a follower does not confirm a block from the future until it is due or final",
    ),
  },
  {
    name: "append-against-what-is-final",
    file: "server/consensus/cft/append.ts",
    edits: [
      { from: "if (ownId !== undefined && ownId !== block.id) return breakOn(out, num);", to: "" },
    ],
    found: found(
      "log.test.ts",
      "pitfall 11: a late append drops nothing, and one against a final block breaks loudly",
    ),
  },
  {
    name: "leader-that-differs-in-what-is-final",
    file: "server/consensus/cft/append.ts",
    edits: [
      {
        from: "&& ownId !== message.previousId && message.previousNum > 0) {",
        to: "&& message.previousNum < 0) {",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "two leaders of one term break loudly, and so does a leader that differs in what is final",
    ),
  },
  {
    name: "two-leaders-in-a-term-go-on",
    file: "server/consensus/cft/append.ts",
    edits: [
      {
        from: 'if (state.role === "leader" && message.term === state.term) {',
        to: "if (message.term < 0) {",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "two leaders of one term break loudly, and so does a leader that differs in what is final",
    ),
  },
  {
    name: "append-of-a-stranger",
    file: "server/consensus/cft/append.ts",
    edits: [{ from: "if (!isKnown(state, from)) {", to: "if (!isKnown) {" }],
    found: found("strangers.test.ts", "a stranger moves no leader and no follower"),
  },
];

/** Who is voted for, whose votes count, and what outlasts the process. */
const electMutants: readonly Mutant[] = [
  {
    name: "vote-for-a-longer-log-of-an-earlier-term",
    file: "server/consensus/cft/head.ts",
    edits: [{ from: "if (a.headTerm !== b.headTerm) return a.headTerm > b.headTerm;", to: "" }],
    found: found(
      "cft-rules.test.ts",
      "a candidate whose last block is of an earlier term gets no vote, however long its log is",
    ),
  },
  {
    name: "vote-for-a-candidate-of-an-earlier-term",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "if (message.term < state.term || !isUpToDate", to: "if (!isUpToDate" }],
    found: found(
      "cft-rules.test.ts",
      "a candidate of an earlier term gets no vote in the present one",
    ),
  },
  {
    name: "vote-of-an-earlier-term-is-counted",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "if (message.term !== candidacy.term) return;", to: "" }],
    found: found(
      "cft-rules.test.ts",
      "a vote of an earlier term elects nobody in the present one, nor does one that was only promised",
    ),
  },
  {
    name: "promised-vote-is-counted",
    file: "server/consensus/cft/election.ts",
    edits: [
      {
        from: "candidacy === undefined || candidacy.pre !== message.pre) return;",
        to: "candidacy === undefined) return;",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "a vote of an earlier term elects nobody in the present one, nor does one that was only promised",
    ),
  },
  {
    name: "late-vote-is-counted",
    file: "server/consensus/cft/election.ts",
    edits: [
      {
        from: "if (out.now.monotonicMs - state.electionStartMs >= state.electionTimeoutMs) return;\n  if (message",
        to: "if (message",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "a vote that comes when the candidacy has lasted too long elects nobody: its voter may have begun anew",
    ),
  },
  {
    name: "own-vote-is-counted-before-it-is-durable",
    file: "server/consensus/cft/election.ts",
    edits: [
      { from: " || writes.durable < writes.lastBallot) return;", to: " || !writes) return;" },
    ],
    found: found(
      "cft-rules.test.ts",
      "a candidate does not count its own vote when only what it wrote before is on the disk",
    ),
  },
  {
    name: "candidacy-is-not-written",
    file: "server/consensus/cft/election.ts",
    edits: [
      { from: "out.writeBallot();\n  askForVotes(state, out);", to: "askForVotes(state, out);" },
    ],
    found: found("elections.test.ts", "a candidate counts its own vote only when that is on disk"),
  },
  {
    name: "vote-is-forgotten-with-the-process",
    file: "server/consensus/core/start.ts",
    edits: [
      {
        from: "votedFor: restored.ballot.term >= log.head.term ? restored.ballot.votedFor : undefined,",
        to: "votedFor: undefined,",
      },
    ],
    found: found(
      "elections.test.ts",
      "a voter that crashes after its vote was written does not vote again in that term",
    ),
  },
  {
    name: "term-is-forgotten-with-the-process",
    file: "server/consensus/core/start.ts",
    edits: [
      { from: "term: Math.max(restored.ballot.term, log.head.term),", to: "term: log.head.term," },
    ],
    found: found(
      "elections.test.ts",
      "pitfall 3: after a restart the term comes from the ballot, not from the last block",
    ),
  },
  {
    name: "vote-of-a-stranger-is-counted",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "if (!mayLead && !state.voters.nodes.includes(from)) return;", to: "" }],
    found: found(
      "strangers.test.ts",
      "a stranger moves nobody who has lost the leader, and no candidate",
    ),
  },
  {
    name: "stranger-campaigns",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "const deaf = !known || (", to: "const deaf = (" }],
    found: found("strangers.test.ts", "a stranger moves no leader and no follower"),
  },
  {
    name: "successor-is-called-by-anybody",
    file: "server/consensus/cft/election.ts",
    edits: [
      {
        from: "if (mayAsk) campaign(state, out, true);",
        to: "if (mayAsk || state) campaign(state, out, true);",
      },
    ],
    found: found("strangers.test.ts", "a stranger moves no leader and no follower"),
  },
  {
    name: "successor-is-called-in-an-earlier-term",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "if (term !== state.term || state.leadership", to: "if (state.leadership" }],
    found: found(
      "cft-rules.test.ts",
      "a leader that asks for its last term's successor is not heard",
    ),
  },
  {
    name: "candidacy-in-the-term-that-is",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "state.term += 1;\n  state.votedFor", to: "state.votedFor" }],
    found: found(
      "cft-rules.test.ts",
      "a vote of an earlier term elects nobody in the present one, nor does one that was only promised",
    ),
  },
  {
    name: "read-by-an-earlier-round",
    file: "server/consensus/cft/read-index.ts",
    edits: [{ from: "startRound(state, out, leadership);\n  reads.asking", to: "reads.asking" }],
    found: found("reads.test.ts", "an answer to an earlier round makes no read ready"),
  },
];

/** Rules of CFT that no seed is sure to need within seconds: leaders, followers, elections. */
export const ruleMutants: readonly Mutant[] = [...appendMutants, ...electMutants];
