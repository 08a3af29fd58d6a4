import type { Mutant } from "../mutants.ts";

const bft = "server/consensus/bft";
const newView = `${bft}/new-view.ts`;

/** What a node keeps to that it said or stored, when a leader shows it, one after the other, several places for a term to begin. */
export const bondMutants: readonly Mutant[] = [
  {
    name: "bft-root-before-a-restart-is-forgotten",
    file: newView,
    edits: [
      { from: "if (rootBefore !== undefined && rootBefore.id !== root.id) return true;", to: "" },
    ],
    found: afterRestart(
      "after a restart a node votes behind its root also where the leader proves another one, before it, by a better certificate",
    ),
  },
  {
    name: "bft-root-is-not-restored",
    file: "server/consensus/core/start.ts",
    edits: [{ from: "state.bft.rootBefore = restored.ballot.root;", to: "return state;" }],
    found: afterRestart(
      "after a restart a node votes behind its root also where the leader proves another one, before it, by a better certificate",
    ),
  },
  {
    name: "bft-root-before-a-restart-is-not-written-again",
    file: "server/consensus/core/output.ts",
    edits: [{ from: "bft.root ?? bft.rootBefore", to: "bft.root" }],
    found: afterRestart(
      "what a node may have voted behind before a restart is still on its disk after the next write",
    ),
  },
  {
    name: "bft-root-before-a-restart-goes-for-blocks-of-another",
    file: `${bft}/fetch-root.ts`,
    edits: [{ from: "bft.root !== undefined || bft.rootBefore", to: "bft.root" }],
    found: afterRestart(
      "after a restart a node goes on from the root that it voted behind, and from no other that the leader proves",
    ),
  },
  {
    name: "bft-own-blocks-go-for-those-of-another-root",
    file: `${bft}/fetch-root.ts`,
    edits: [{ from: "bft.root !== undefined || bft.rootBefore", to: "bft.rootBefore" }],
    found: bonds(
      "who voted in a term drops nothing for a certificate of an earlier one that turns up later",
    ),
  },
  {
    name: "bft-blocks-of-the-term-go-when-it-begins-again",
    file: newView,
    edits: [
      {
        from: "while (log.block(num + 1)?.header.term === term) num += 1;",
        to: "if (log.head.term < 0 && term < 0) num += 1;",
      },
    ],
    found: bonds(
      "after a restart a node keeps what it voted for when its term begins again, and votes for nothing in its place",
    ),
  },
  {
    name: "bft-term-goes-on-whose-root-went",
    file: `${bft}/branch.ts`,
    edits: [{ from: "bft.root ?? bft.rootBefore", to: "bft.root" }],
    found: bonds(
      "who has to take what is final in the place of the root that it voted for leaves that term at once",
    ),
  },
  {
    name: "bft-term-goes-on-whose-blocks-went",
    file: `${bft}/branch.ts`,
    edits: [{ from: "return isRootGone || isOwnGone;", to: "return isRootGone;" }],
    found: afterRestart(
      "who took what is final in the place of what it voted for votes no more in that term, also after a restart",
    ),
  },
  {
    name: "bft-bound-node-begins-a-term-elsewhere",
    file: newView,
    edits: [
      {
        from: "return isBoundBehind(state, keptNum(state, root), certificate);",
        to: "return isBoundBehind(state, state.log.head.num, certificate);",
      },
    ],
    found: {
      scenario: {
        file: "bft-lies.test.ts",
        test: "pitfall 26: a node keeps the block that it is bound to, and gives it to whoever leads next",
      },
    },
  },
  {
    name: "bft-bound-node-drops-its-block-for-those-of-another-root",
    file: `${bft}/fetch-root.ts`,
    edits: [
      { from: " || isBoundBehind(state, branch.fromNum, certificate)) return;", to: ") return;" },
    ],
    found: bonds(
      "who is bound keeps its block also when it is given those that lead to a root with a worse certificate",
    ),
  },
  {
    name: "bft-lock-gets-worse-when-a-term-begins",
    file: newView,
    edits: [{ from: "if (isBetter(certificate, orderOf(bft.lock))) bft.lock", to: "bft.lock" }],
    found: bonds("who may go on from a worse certificate than its own still keeps its own"),
  },
  {
    name: "bft-vote-for-what-is-before-the-root",
    file: `${bft}/vote.ts`,
    edits: [{ from: "root === undefined || durableNum < root.num", to: "root === undefined" }],
    found: bonds(
      "nobody votes in a term for what is before its root, not even before the root is durable",
    ),
  },
  {
    name: "bft-term-goes-on-behind-a-snapshot",
    file: "server/consensus/joint/epoch.ts",
    edits: [
      {
        from: "root !== undefined || rootBefore !== undefined ||",
        to: "rootBefore !== undefined ||",
      },
    ],
    found: bonds(
      "whose log a snapshot replaced says nothing more in the term in which it voted, also after a restart",
    ),
  },
  {
    name: "bft-term-before-a-restart-goes-on-behind-a-snapshot",
    file: "server/consensus/joint/epoch.ts",
    edits: [{ from: "|| rootBefore !== undefined ||", to: "||" }],
    found: bonds(
      "whose log a snapshot replaced says nothing more in the term in which it voted, also after a restart",
    ),
  },
  {
    name: "bft-forgotten-root-unchecked",
    file: newView,
    edits: [
      {
        from: "verifyCertificate(certificate, { ...rules, chain, isSigned }).ok;",
        to: "certificate.epoch > 0;",
      },
    ],
    found: bonds("also of a root that has left memory the certificate is checked"),
  },
  {
    name: "bft-forgotten-root-of-an-unknown-epoch",
    file: newView,
    edits: [
      { from: "return !isBetter(certificate, orderOf(state.bft.lock));", to: "return true;" },
    ],
    found: {
      scenario: {
        file: "bft-lies.test.ts",
        test: "a certificate of an epoch that never was does not outdo what a quorum prepared, also when its block has left memory",
      },
    },
  },
];

function bonds(test: string): Mutant["found"] {
  return { scenario: { file: "bft-bonds.test.ts", test } };
}

function afterRestart(test: string): Mutant["found"] {
  return { scenario: { file: "bft-restarts.test.ts", test } };
}
