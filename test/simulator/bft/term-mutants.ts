import type { Mutant } from "../mutants.ts";

const newView = "server/consensus/bft/new-view.ts";

/** Where a term may begin: for a mistake there to show, a liar has to lead, and to know who knows what. */
export const termMutants: readonly Mutant[] = [
  {
    name: "bft-term-of-no-quorum",
    file: newView,
    edits: [
      {
        from: "if (!quorumBehind(state, leading.best.num, (node) => signers.has(node))) return false;",
        to: "",
      },
    ],
    found: inTerms(
      "the view changes of less than a quorum begin no term, however often they are there",
    ),
  },
  {
    name: "bft-term-of-unsigned-view-changes",
    file: newView,
    edits: [
      { from: "return views.every((view) => viewIsSigned(state, view));", to: "return true;" },
    ],
    found: inTerms(
      "a term begins with view changes that their producers signed, and not with what its leader says in their name",
    ),
  },
  {
    name: "bft-term-of-view-changes-for-another-term",
    file: newView,
    edits: [{ from: " || view.term !== leading.term) return false;", to: ") return false;" }],
    found: inTerms(
      "what producers said for an earlier term, when they knew less, begins no later one",
    ),
  },
  {
    name: "bft-term-is-entered-before-it-is-proved",
    file: newView,
    edits: [
      {
        from: "<= state.commitNum || !isProved(state, newView)) return;",
        to: "<= state.commitNum) return;",
      },
    ],
    found: inTerms(
      "a new view moves nobody to its term before it is proved, also where its root is not here",
    ),
  },
  {
    name: "bft-term-of-a-claim-without-a-certificate",
    file: newView,
    edits: [
      {
        from: "if (certificate === undefined ? !isGenesis : !names(certificate, leading)) return;",
        to: "if (certificate !== undefined && (isGenesis || !names(certificate, leading))) return;",
      },
    ],
    found: inTerms(
      "a leader that claims to know something better, and shows nothing, begins no term",
    ),
  },
  {
    name: "bft-term-of-a-claim-beyond-the-certificate",
    file: newView,
    edits: [
      {
        from: "? !isGenesis : !names(certificate, leading)) return;",
        to: "&& !isGenesis) return;",
      },
    ],
    found: {
      scenario: {
        file: "bft-lies.test.ts",
        test: "a leader's claim about its certificate is not believed beyond what the certificate says",
      },
    },
  },
  {
    name: "bft-term-of-another-leader",
    file: newView,
    edits: [
      {
        from: "if (!isNews || leading.node !== leaderOf(state, leading.term)) return;",
        to: "if (!isNews) return;",
      },
    ],
    found: inTerms("only its leader says where a term begins"),
  },
  {
    name: "bft-leader-begins-without-a-quorum",
    file: newView,
    edits: [
      {
        from: "if (!quorumBehind(state, own.best.num, (node) => signers.has(node))) return;",
        to: "",
      },
    ],
    found: inTerms("a leader waits for the view changes of a quorum"),
  },
  {
    name: "bft-leader-takes-unsigned-view-changes",
    file: newView,
    edits: [{ from: " && viewIsSigned(state, view)) views", to: ") views" }],
    found: inTerms(
      "a view change without a good signature does not count for the leader, because nobody else would take it",
    ),
  },
  {
    name: "bft-view-change-of-somebody-else",
    file: "server/consensus/bft/view-change.ts",
    edits: [{ from: "if (view.node !== from || ", to: "if (" }],
    found: inTerms(
      "a view change is taken from its producer alone: what a liar invents in its name keeps nobody's own word out",
    ),
  },
];

function inTerms(test: string): Mutant["found"] {
  return { scenario: { file: "bft-terms.test.ts", test } };
}
