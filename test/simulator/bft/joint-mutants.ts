import type { Mutant } from "../mutants.ts";

const bft = "server/consensus/bft";
const cft = "server/consensus/cft";
const epoch = "server/consensus/joint/epoch.ts";
const certificates = "server/protocol/certificate.ts";
const found = (test: string): Mutant["found"] => ({
  scenario: { file: "epoch-ends.test.ts", test },
});

const oldProducersMoveNobody =
  "when BFT has changed to CFT the old producers lead nobody and move no term";
const behindTheChange =
  "the first BFT term begins behind what CFT leaders made behind the change, also where only the change is shown to be final";
const provedLater = {
  scenario: {
    file: "certificates.test.ts",
    test: "a change whose proof was not made when it became final is proved later",
  },
} as const;

/** An epoch ends by a certificate alone, of those who decide until then. */
const endMutants: readonly Mutant[] = [
  {
    name: "joint-bft-epoch-ends-without-a-certificate",
    file: `${bft}/tally.ts`,
    edits: [{ from: "if (!isShown && endsEpoch) {", to: "if (!isShown && !endsEpoch) {" }],
    found: found("an epoch is not over by commits that nobody signed"),
  },
  {
    name: "joint-cft-epoch-ends-without-a-certificate",
    file: `${cft}/final.ts`,
    edits: [{ from: "if (!changesToBft(state)) return num;", to: "if (changesToBft) return num;" }],
    found: found("under CFT a change to BFT is not final by confirms that prove nothing to others"),
  },
  {
    name: "joint-cft-epoch-ends-by-the-word-of-its-leader",
    file: `${cft}/append.ts`,
    edits: [
      {
        from: "return changesToBft(state) ? state.consensus.point.since - 1 : Number",
        to: "return changesToBft(state) ? Number.POSITIVE_INFINITY : Number",
      },
    ],
    found: found("a follower under CFT does not believe its leader that a change to BFT is final"),
  },
  {
    name: "joint-cft-leader-sends-blocks-of-a-bft-time",
    file: `${cft}/append.ts`,
    edits: [{ from: "if (!isCft(state, block)) {", to: "if (!isCft) {" }],
    found: found("nor takes it blocks of the BFT time from it, which would say so"),
  },
  {
    name: "joint-cft-change-ends-without-a-proof",
    file: `${cft}/change-proof.ts`,
    edits: [
      { from: "if (!isOver(state) || isProved(state)) {", to: "if (isProved) {" },
      { from: "if (!isOver(state) || isProved(state) ||", to: "if (isProved ||" },
    ],
    found: provedLater,
  },
  {
    name: "joint-cft-certificate-about-a-block-of-another-term",
    file: `${cft}/certify.ts`,
    edits: [{ from: "if (num < 1 || log.termAt(num) !== state.term)", to: "if (num < 1)" }],
    found: provedLater,
  },
  {
    name: "joint-next-producers-make-final-what-introduces-them",
    file: `${bft}/catch-up.ts`,
    edits: [{ from: "if (certificate.epoch !== current && ", to: "if (!current && " }],
    found: found(
      "producers to be do not make the block final that introduces them, or one behind it",
    ),
  },
  {
    name: "joint-next-producers-begin-a-term-alone",
    file: `${bft}/lock.ts`,
    edits: [{ from: "if (certificate.epoch > epochOf(state)) return false;", to: "" }],
    found: found("nor do they begin a term by what they alone prepared"),
  },
  {
    name: "joint-next-producers-are-believed-that-they-have-taken-over",
    file: `${bft}/lock.ts`,
    edits: [
      {
        from: "if (certificate.epoch > epochOf(state)) return false;",
        to: "if (certificate.epoch === point.since && state.commitNum < point.since) return false;",
      },
    ],
    found: found("nor by what they made behind it themselves, which says that it is final"),
  },
];

/** Whose words count while the producers change, and after. */
const voterMutants: readonly Mutant[] = [
  {
    name: "joint-term-of-the-old-producers-alone",
    file: `${bft}/rules.ts`,
    edits: [{ from: "isJoint ? preparersUnder(joint) :", to: "!preparersUnder ? isJoint :" }],
    found: found(
      "behind the block that introduces others a term begins only when a quorum of these says so, too",
    ),
  },
  {
    name: "joint-certificate-of-the-old-producers-alone",
    file: certificates,
    edits: [
      {
        from: 'return kind === "prepared" && next.algorithm === "cft" ? [current] : [current, next];',
        to: "return [current];",
      },
    ],
    found: found("nor by a certificate that the old ones made alone"),
  },
  {
    name: "joint-bft-producers-lead-before-they-have-taken-over",
    file: `${cft}/roster.ts`,
    edits: [{ from: 'if (next.algorithm === "bft") return current.producers;', to: "" }],
    found: found("while CFT changes to BFT the producers to be lead nobody and move no term"),
  },
  {
    name: "joint-bft-producers-lead-when-others-have-taken-over",
    file: `${cft}/roster.ts`,
    edits: [
      {
        from: 'return current.algorithm === "bft" && state.commitNum >= since ? next.producers : undefined;',
        to: "return state.commitNum >= since ? undefined : undefined;",
      },
    ],
    found: found(oldProducersMoveNobody),
  },
];

/** What an epoch begins with. */
const beginMutants: readonly Mutant[] = [
  {
    name: "joint-word-of-the-last-cft-leaders-is-not-kept",
    file: `${cft}/signed-confirm.ts`,
    edits: [{ from: "bft.lock = led;\n  out.writeBallot();", to: "if (!led) out.writeBallot();" }],
    found: found(behindTheChange),
  },
  {
    name: "joint-late-word-of-a-cft-leader-is-kept",
    file: `${cft}/signed-confirm.ts`,
    edits: [{ from: "!isBetter(led, orderOf(bft.lock)) ||", to: "!isBetter || !orderOf ||" }],
    found: found(behindTheChange),
  },
  {
    name: "joint-cft-epoch-begins-in-the-old-term",
    file: epoch,
    edits: [{ from: "state.term += 1;", to: "" }],
    found: found(
      "a vote in the first CFT term is one also for a node that starts again before anybody has led",
    ),
  },
  {
    name: "joint-first-cft-leader-by-the-term-of-its-last-block",
    file: `${cft}/head.ts`,
    edits: [
      { from: "? Math.max(head.term, lock.term) : head.term;", to: "? head.term : head.term;" },
    ],
    found: found(
      "the first CFT leader has what BFT producers prepared again last, and not another block of a later term than it is from",
    ),
  },
  {
    name: "joint-blocks-of-old-bft-terms-outdo-those-of-cft",
    file: `${cft}/head.ts`,
    edits: [
      {
        from: "if (isBehind !== (b.headUnderBft === true)) return !isBehind;",
        to: "void isBehind;",
      },
    ],
    found: {
      scenario: {
        file: "joint.test.ts",
        test: "pitfall 22: what old BFT producers repeat in later terms outdoes no block of the CFT producers that took over",
      },
    },
  },
];

export const jointMutants: readonly Mutant[] = [...endMutants, ...voterMutants, ...beginMutants];
