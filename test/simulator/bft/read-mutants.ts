import type { Mutant } from "../mutants.ts";

const file = "server/consensus/bft/reads.ts";

/** A read on any node sees what was final when it was asked for. */
export const readMutants: readonly Mutant[] = [
  {
    name: "bft-read-without-a-quorum",
    file,
    edits: [
      {
        from: "if (!quorumOfVoters(state.voters, isFinal)) return;",
        to: "if (!isFinal(config.self)) return;",
      },
      {
        from: "const { bft, commitNum } = state;",
        to: "const { bft, commitNum, config } = state;",
      },
    ],
    found: reads("a read waits until as much is final here as a quorum says that it committed"),
  },
  {
    name: "bft-read-of-what-is-not-final-here",
    file,
    edits: [{ from: "?? Number.POSITIVE_INFINITY) <= commitNum;", to: "?? -1) >= 0;" }],
    found: reads("a read waits until as much is final here as a quorum says that it committed"),
  },
  {
    name: "bft-read-by-answers-to-an-earlier-question",
    file,
    edits: [{ from: "if (asking?.round === answer.round) asking.answers", to: "asking?.answers" }],
    found: reads("an answer to what was asked before says nothing about what became final since"),
  },
  {
    name: "bft-read-by-the-own-word-of-who-forgot",
    file,
    edits: [{ from: "if (!isSilent(state)) answers", to: "answers" }],
    found: reads(
      "who may have forgotten what it committed does not count itself among those who answer",
    ),
  },
  {
    name: "bft-reader-is-told-what-is-final-alone",
    file,
    edits: [
      {
        from: "return Math.max(commitNum, bft.lock?.num ?? 0);",
        to: "return bft.begun ? commitNum : 0;",
      },
    ],
    found: reads(
      "a reader is told what a node may have committed, and not only what it knows to be final",
    ),
  },
  {
    name: "bft-reader-is-answered-by-who-forgot",
    file,
    edits: [{ from: "if (isSilent(state)) return;\n  out.send(from", to: "out.send(from" }],
    found: {
      scenario: {
        file: "memory-bft.test.ts",
        test: "a node that does not know what it said vouches for nobody, and is no voice in a reading",
      },
    },
  },
];

function reads(test: string): Mutant["found"] {
  return { scenario: { file: "bft-reads.test.ts", test } };
}
