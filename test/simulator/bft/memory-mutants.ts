import type { Mutant } from "../mutants.ts";

const core = "server/consensus/core";
const conflict = "server/consensus/bft/conflict.ts";
const notSilenced =
  "what others forge of a node, or know of what is on its disk, does not silence it";
const accused =
  "who votes for two blocks of a height is accused with both votes, and only when it signed them";

/** What a node said and may have forgotten, and what others can show that it said. */
export const memoryMutants: readonly Mutant[] = [
  {
    name: "memory-votes-for-less-than-the-others-have",
    file: `${core}/silence.ts`,
    edits: [{ from: "isAtLeast(head, memory.floor);", to: "isAtLeast(head, head);" }],
    found: forgot(
      "a node that speaks again votes for nobody who has less than the others told it of",
    ),
  },
  {
    name: "memory-does-not-wait-for-the-leader",
    file: `${core}/speak-again.ts`,
    edits: [{ from: "if (!hasLeader || term < state.term) return false;", to: "" }],
    found: forgot(
      "a node asks until the leader has answered, who may still count what it confirmed",
    ),
  },
  {
    name: "memory-is-whole-before-the-new-term-is-durable",
    file: `${core}/speak-again.ts`,
    edits: [{ from: " || writes.durable < writes.lastBallot) return;", to: ") return;" }],
    found: remembers(
      "that a node may speak again is true only when the term in which it does is on its disk",
    ),
  },
  {
    name: "memory-answers-to-an-earlier-question",
    file: `${core}/memory.ts`,
    edits: [{ from: " || message.round !== memory.round) return;", to: ") return;" }],
    found: remembers(
      "answers to a question that it asked before it forgot again tell nothing about what it said since",
    ),
  },
  {
    name: "bft-memory-takes-the-last-certificate",
    file: `${core}/speak-again.ts`,
    edits: [
      {
        from: "if (lock === undefined || !isBetter(lock, orderOf(state.bft.lock))) continue;",
        to: "if (lock === undefined) continue;",
      },
    ],
    found: remembers(
      "of the certificates that others tell it of it takes over the best, whoever tells it last",
    ),
  },
  {
    name: "bft-memory-of-a-vote-for-a-root",
    file: `${core}/own-words.ts`,
    edits: [
      {
        from: "if (isBft(state) && bft.root === undefined && bft.rootBefore === undefined) return true;",
        to: "if (bft.clock === undefined) return true;",
      },
    ],
    found: remembers(
      "a vote for the root of a term is forgotten where the folder knows the term and not its root",
    ),
  },
  {
    name: "bft-memory-knows-of-no-root-before-a-restart",
    file: `${core}/own-words.ts`,
    edits: [{ from: " && bft.rootBefore === undefined) return true;", to: ") return true;" }],
    found: remembers(notSilenced),
  },
  {
    name: "bft-memory-is-silenced-by-forged-view-changes",
    file: `${core}/own-words.ts`,
    edits: [
      {
        from: "if (crypto.isSigned(self, statement, view.signature)) fallSilent",
        to: "fallSilent",
      },
    ],
    found: remembers(notSilenced),
  },
  {
    name: "bft-evidence-of-a-second-vote-that-nobody-signed",
    file: conflict,
    edits: [
      {
        from: "!isElsewhere(state, vote) || !voteIsSigned(state, vote)) return;",
        to: "!isElsewhere(state, vote)) return;",
      },
    ],
    found: { scenario: { file: "bft-evidence.test.ts", test: accused } },
  },
  {
    name: "bft-evidence-of-a-first-vote-that-nobody-signed",
    file: conflict,
    edits: [{ from: " === term || !voteIsSigned(state, own)) return;", to: " === term) return;" }],
    found: { scenario: { file: "bft-evidence.test.ts", test: accused } },
  },
];

function forgot(test: string): Mutant["found"] {
  return { scenario: { file: "memory-cft.test.ts", test } };
}

function remembers(test: string): Mutant["found"] {
  return { scenario: { file: "memory-bft.test.ts", test } };
}
