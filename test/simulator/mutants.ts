/** A safety rule taken out of the product's source: `from` stands once in `file`, and is replaced by `to`. */
export type Mutant = {
  readonly name: string;
  readonly file: string;
  readonly edits: readonly { readonly from: string; readonly to: string }[];
};

const cft = "server/consensus/cft";

/** Each is a rule of Raft, of the driver or of the chain without which the network is not safe. */
export const mutants: readonly Mutant[] = [
  {
    name: "vote-told-before-durable",
    file: `${cft}/election.ts`,
    edits: [
      {
        from: "out.send(from, response, state.writes.lastVote)",
        to: "out.send(from, response, 0)",
      },
    ],
  },
  {
    name: "vote-not-written",
    file: `${cft}/election.ts`,
    edits: [
      { from: "  state.votedFor = from;\n  out.writeVote();", to: "  state.votedFor = from;" },
    ],
  },
  {
    name: "candidate-asks-before-own-vote-is-durable",
    file: `${cft}/election.ts`,
    edits: [
      { from: "out.send(node, message, state.writes.lastVote)", to: "out.send(node, message, 0)" },
    ],
  },
  {
    name: "two-votes-a-term",
    file: `${cft}/election.ts`,
    edits: [{ from: "if (state.votedFor !== undefined) return false;", to: "" }],
  },
  {
    name: "vote-for-shorter-log",
    file: `${cft}/election.ts`,
    edits: [
      { from: "return message.headNum >= num;", to: "return true;" },
      { from: "if (message.headTerm !== term) return message.headTerm > term;", to: "" },
    ],
  },
  {
    name: "own-term-commit",
    file: `${cft}/final.ts`,
    edits: [{ from: " || state.log.termAt(num) !== state.term", to: "" }],
  },
  {
    name: "leader-counts-itself-before-durable",
    file: `${cft}/final.ts`,
    edits: [{ from: "return state.durableNum;", to: "return state.log.head.num;" }],
  },
  {
    name: "id-only",
    file: `${cft}/confirm.ts`,
    edits: [{ from: "ownId === message.headId;\n  if (equal)", to: "true;\n  if (equal)" }],
  },
  {
    name: "late-id",
    file: `${cft}/confirm.ts`,
    edits: [
      { from: " || message.term < state.term", to: "" },
      {
        from: "peer.answeredRound = Math.max",
        to: "if (message.term === state.term) peer.answeredRound = Math.max",
      },
    ],
  },
  {
    name: "confirm-by-height-alone",
    file: `${cft}/confirm.ts`,
    edits: [
      { from: "ownId === message.headId;\n  if (equal)", to: "true;\n  if (equal)" },
      { from: " || message.term < state.term", to: "" },
      {
        from: "peer.answeredRound = Math.max",
        to: "if (message.term === state.term) peer.answeredRound = Math.max",
      },
    ],
  },
  {
    name: "log-matching",
    file: `${cft}/append.ts`,
    edits: [{ from: "return ownId === message.previousId;", to: "return true;" }],
  },
  {
    name: "late-append-shortens",
    file: `${cft}/append.ts`,
    edits: [{ from: "} else if (ownId !== block.id) {", to: "} else {" }],
  },
  {
    name: "append-confirmed-before-durable",
    file: `${cft}/append.ts`,
    edits: [
      {
        from: "accepted && match.num > state.durableNum ? writes.last : writes.lastVote",
        to: "writes.lastVote",
      },
    ],
  },
  {
    name: "aba-write",
    file: `${cft}/step.ts`,
    edits: [{ from: "if (log.idAt(pending.headNum) !== pending.headId) continue;", to: "" }],
  },
  {
    name: "aba-write2",
    file: `${cft}/log-change.ts`,
    edits: [{ from: "  state.durableNum = Math.min(state.durableNum, num);\n", to: "" }],
  },
  {
    name: "read-without-round",
    file: `${cft}/read-index.ts`,
    edits: [{ from: "if (!answered) return;", to: "" }],
  },
  {
    name: "read-before-own-term",
    file: `${cft}/read-index.ts`,
    edits: [
      { from: "return state.log.termAt(state.commitNum) === state.term;", to: "return true;" },
    ],
  },
  {
    name: "joint-any-set",
    file: `server/consensus/joint/voters.ts`,
    edits: [{ from: "if (joint.next !== undefined) sets.push(voterSet(joint.next));", to: "" }],
  },
  {
    name: "second-change",
    file: `server/consensus/joint/consensus-change.ts`,
    edits: [
      { from: "if (under.joint.next !== undefined) return", to: "if (under === undefined) return" },
    ],
  },
];

export function mutantNamed(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (found === undefined) throw new Error(`no mutant is called ${name}`);
  return found;
}
