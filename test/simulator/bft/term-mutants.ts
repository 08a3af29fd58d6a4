import type { Mutant } from "../mutants.ts";

const newView = "server/consensus/bft/new-view.ts";

/** Where a term may begin, and what proves that: a liar has to lead, and others to restart, at the right moment. */
export const termMutants: readonly Mutant[] = [
  {
    name: "bft-root-before-a-restart-is-forgotten",
    file: newView,
    edits: [
      {
        from: "if (rootBefore !== undefined && rootBefore.id !== root.id) return true;",
        to: "",
      },
    ],
    found: {
      scenario: {
        file: "bft-restarts.test.ts",
        test: "after a restart a node votes behind its root also where the leader proves another one, before it, by a better certificate",
      },
    },
  },
];
