import type { Mutant } from "../mutants.ts";

const bft = "server/consensus/bft";
const certificates = "server/protocol/certificate.ts";
const usual = { mode: "core-bft", weather: "usual", producerCount: 4, seedsMax: 30 } as const;

/** The rules of bft.md and of joint-consensus.md, and what has to be durable before it is said. */
export const bftMutants: readonly Mutant[] = [
  {
    name: "bft-commit-told-before-its-proof-is-durable",
    file: `${bft}/locking.ts`,
    edits: [
      { from: "first === undefined || first.write > writes.durable", to: "first === undefined" },
    ],
    found: usual,
  },
  {
    name: "bft-prepare-told-before-the-block-is-durable",
    file: `${bft}/vote.ts`,
    edits: [
      {
        from: "const { bft, log, durableNum } = state;",
        to: "const { bft, log } = state;\n  const durableNum = log.head.num;",
      },
    ],
    found: usual,
  },
  {
    name: "bft-vote-told-before-the-term-is-durable",
    file: `${bft}/vote.ts`,
    edits: [
      { from: "out.send(node, message, state.bft.termWrite)", to: "out.send(node, message, 0)" },
    ],
    found: usual,
  },
  {
    name: "bft-view-change-told-before-it-is-durable",
    file: `${bft}/view-change.ts`,
    edits: [
      {
        from: "isShown ? proved : told, lastBallot",
        to: "isShown ? proved : told, 0",
      },
    ],
    found: usual,
  },
  {
    name: "bft-rule-1-quorum-one-less",
    file: certificates,
    edits: [{ from: "Math.floor((2 * producers) / 3) + 1", to: "Math.floor((2 * producers) / 3)" }],
    found: usual,
  },
  {
    name: "bft-rule-2-a-leader-goes-on-after-a-restart",
    file: `${bft}/begin.ts`,
    edits: [{ from: "state.term === 0 || wasLeader", to: "state.term === 0" }],
    found: {
      scenario: {
        file: "bft-restarts.test.ts",
        test: "a leader that restarts does not lead its term again, although others prove that it did",
      },
    },
  },
  {
    name: "bft-rule-3-what-was-committed-is-forgotten",
    file: `${bft}/view-change.ts`,
    edits: [
      {
        from: "bft.rootBefore = undefined;",
        to: "bft.rootBefore = undefined;\n  bft.lock = undefined;",
      },
    ],
    found: usual,
  },
  {
    name: "bft-rule-4-view-changes-name-better-blocks",
    file: `${bft}/new-view.ts`,
    edits: [{ from: "if (view !== leading && !isWithin(view, leading)) return false;", to: "" }],
    found: usual,
  },
  {
    name: "bft-rule-4-the-leader-ignores-better-blocks",
    file: `${bft}/new-view.ts`,
    edits: [
      { from: "if (isWithin(view, own) && viewIsSigned(state, view)) views", to: "views" },
      { from: "if (adoptBetter(state, out)) return;", to: "" },
    ],
    found: usual,
  },
  {
    name: "bft-view-change-certificate-not-checked",
    file: `${bft}/new-view.ts`,
    edits: [
      { from: "if (certificate !== undefined && !isShown(state, certificate)) return;", to: "" },
    ],
    found: usual,
  },
  {
    name: "bft-leader-takes-over-any-certificate",
    file: `${bft}/new-view.ts`,
    edits: [{ from: "if (!certificateHolds(state, certificate)) continue;", to: "" }],
    found: usual,
  },
  {
    name: "bft-certificate-of-another-term",
    file: certificates,
    edits: [
      { from: "if (vote.term !== term || vote.epoch !== epoch) {", to: "if (vote.term < 0) {" },
    ],
    found: usual,
  },
  {
    name: "joint-quorum-of-the-old-producers-alone",
    file: "server/consensus/joint/voters.ts",
    edits: [
      {
        from: "const sets = [...votersAlone(current).sets, ...votersAlone(next).sets];",
        to: "const sets = [...votersAlone(current).sets];",
      },
    ],
    found: usual,
  },
  {
    name: "joint-epoch-begins-in-the-old-term",
    file: "server/consensus/joint/epoch.ts",
    edits: [
      { from: "enterTerm(state, out, state.term + 1);", to: "enterTerm(state, out, state.term);" },
    ],
    found: usual,
  },
];
