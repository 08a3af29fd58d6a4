import type { Mutant } from "./mutants.ts";

const found = (file: string, test: string): Mutant["found"] => ({ scenario: { file, test } });

/** What a node that may have forgotten its words counts for (decision 0140). */
const forgetMutants: readonly Mutant[] = [
  {
    name: "forgetful-node-votes",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "if (isSilent(state)) return;\n  const known", to: "const known" }],
    found: found(
      "memory-cft.test.ts",
      "a node in an old copy of its folder does not vote for a leader that lacks what it confirmed",
    ),
  },
  {
    name: "forgetful-node-votes-for-less-than-it-confirmed",
    file: "server/consensus/cft/election.ts",
    edits: [
      {
        from: "isAtLeast(message, headOf(state)) && isPastFloor(state, message);",
        to: "isAtLeast(message, headOf(state));",
      },
    ],
    found: found(
      "memory-cft.test.ts",
      "a node in an old copy of its folder does not vote for a leader that lacks what it confirmed",
    ),
  },
  {
    name: "forgetful-node-leads-with-less-than-it-confirmed",
    file: "server/consensus/cft/election.ts",
    edits: [{ from: "if (!isPastFloor(state, headOf(state))) {", to: "if (!isPastFloor) {" }],
    found: found(
      "memory-cft.test.ts",
      "a node in an old copy of its folder does not vote for a leader that lacks what it confirmed",
    ),
  },
  {
    name: "confirms-of-a-forgetful-node-are-counted",
    file: "server/consensus/cft/final.ts",
    edits: [
      {
        from: "peer === undefined || peer.isMuted ? 0 : peer.matchNum",
        to: "peer === undefined ? 0 : peer.matchNum",
      },
    ],
    found: found(
      "memory-cft.test.ts",
      "a leader counts nothing more of what a node confirmed before it forgot it",
    ),
  },
  {
    name: "reads-count-a-forgetful-node",
    file: "server/consensus/cft/read-index.ts",
    edits: [
      {
        from: "peer === undefined || peer.isMuted ? 0 : peer.answeredRound",
        to: "peer === undefined ? 0 : peer.answeredRound",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "a node that may have forgotten what it said since makes no read ready",
    ),
  },
];

/** Changes of producers, and what shows them. */
const changeMutants: readonly Mutant[] = [
  {
    name: "change-of-a-dropped-block-stays",
    file: "server/consensus/log/consensus-log.ts",
    edits: [
      {
        from: "while (this.#entries.length > 1 && this.#last().num > keepNum) this.#entries.pop();",
        to: "",
      },
    ],
    found: found(
      "membership.test.ts",
      "pitfall 23: dropping the block that carries a change undoes the change",
    ),
  },
  {
    name: "change-is-over-before-it-is-final",
    file: "server/protocol/consensus-point.ts",
    edits: [
      {
        from: "if (next === undefined || commitNum < point.since) return point;",
        to: "if (next === undefined || commitNum < 0) return point;",
      },
    ],
    found: found(
      "membership.test.ts",
      "pitfall 20: while producers change, a quorum of each set decides, not one of their union",
    ),
  },
  {
    name: "one-set-of-producers-elects",
    file: "server/consensus/joint/voters.ts",
    edits: [
      { from: 'if (result === "lost") return "lost";', to: 'if (result === "won") return "won";' },
    ],
    found: found(
      "membership.test.ts",
      "while producers change, an election needs a majority of both sets",
    ),
  },
  {
    name: "signed-confirm-of-another-term",
    file: "server/consensus/cft/signed-confirm.ts",
    edits: [
      {
        from: "if (vote.term !== term || log.idAt(committed.num) !== committed.id) return;\n  const",
        to: "if (log.idAt(committed.num) !== committed.id || !term) return;\n  const",
      },
    ],
    found: found(
      "certificates.test.ts",
      "votes that are forged, of others, of other terms or about other blocks never make a certificate",
    ),
  },
  {
    name: "signed-confirm-of-another-block",
    file: "server/consensus/cft/signed-confirm.ts",
    edits: [
      {
        from: "if (vote.term !== term || log.idAt(committed.num) !== committed.id) return;\n  const",
        to: "if (vote.term !== term || !log) return;\n  const",
      },
    ],
    found: found(
      "certificates.test.ts",
      "votes that are forged, of others, of other terms or about other blocks never make a certificate",
    ),
  },
  {
    name: "signed-confirm-of-another-epoch",
    file: "server/consensus/cft/certify.ts",
    edits: [
      {
        from: "vote?.epoch === rules.epoch && voteIsSigned",
        to: "vote !== undefined && voteIsSigned",
      },
    ],
    found: found(
      "certificates.test.ts",
      "votes that are forged, of others, of other terms or about other blocks never make a certificate",
    ),
  },
  {
    name: "producers-change-when-that-is-final",
    file: "server/consensus/cft/membership.ts",
    edits: [
      {
        from: "state.voters = votersOf(consensusUnder(point, state.commitNum).joint);",
        to: "const { joint, since } = consensusUnder(point, state.commitNum);\n  state.voters = votersOf(since > state.commitNum ? { current: joint.current } : joint);",
      },
    ],
    found: found(
      "membership.test.ts",
      "while producers change, an election needs a majority of both sets",
    ),
  },
  {
    name: "final-by-a-certificate-of-a-later-term",
    file: "server/protocol/certificate.ts",
    edits: [
      {
        from: "if (blockTerm !== undefined && blockTerm !== term) {",
        to: "if (blockTerm !== undefined && blockTerm > term) {",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "under CFT a block is not final by a certificate of a later term than its own",
    ),
  },
  {
    name: "cft-quorum-of-half",
    file: "server/protocol/certificate.ts",
    edits: [
      { from: "return Math.floor(producers / 2) + 1;", to: "return Math.ceil(producers / 2);" },
    ],
    found: { mode: "core", weather: "usual", producerCount: 3, seedsMax: 20 },
  },
];

/** What is durable, and said to be. */
const logMutants: readonly Mutant[] = [
  {
    name: "driver-hears-of-what-is-not-on-the-disk",
    file: "server/consensus/log/log-change.ts",
    edits: [
      {
        from: "const num = Math.min(state.commitNum, state.durableNum);",
        to: "const num = state.commitNum;",
      },
    ],
    found: found(
      "log.test.ts",
      "the driver hears of a final block only when it is on its own disk",
    ),
  },
  {
    name: "writes-of-blocks-that-went-count",
    file: "server/consensus/log/log-change.ts",
    edits: [
      {
        from: "for (const pending of state.writes.pending) pending.headNum = Math.min(pending.headNum, num);",
        to: "",
      },
    ],
    found: found(
      "log.test.ts",
      "pitfall 12: a write that finishes after its block was overwritten confirms nothing",
    ),
  },
  {
    name: "confirm-names-as-final-what-is-not-on-the-disk",
    file: "server/consensus/cft/append.ts",
    edits: [
      {
        from: "commitNum: blockNumOf(state.announcedNum),\n      round,",
        to: "commitNum: blockNumOf(state.commitNum),\n      round,",
      },
    ],
    found: found(
      "cft-rules.test.ts",
      "a confirm does not name as final what is final and not on the own disk",
    ),
  },
];

/** What is forgotten, changed and durable under CFT, that no seed is sure to need within seconds. */
export const keepMutants: readonly Mutant[] = [...forgetMutants, ...changeMutants, ...logMutants];
