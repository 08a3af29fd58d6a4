import { reachedByQuorum, voteResult, type VoteResult } from "@kith/consensus/joint/quorum";
import { quorumSize } from "@kith/protocol/certificate";

import { expectEqual, runCase, type CaseResult, type Shape } from "./shape.ts";

/** etcd's words for the outcome of an election. */
const outcomes: Readonly<Record<VoteResult, string>> = {
  won: "VoteWon",
  lost: "VoteLost",
  pending: "VotePending",
};

const commandShape = /^(committed|vote)(?: |$)/;

/** etcd's data-driven files: `committed cfg=(1,2) idx=(5,_)` or `vote cfg=(1,2) votes=(y,_)`, `----`, what it prints. */
export const raftMajorityShape: Shape = {
  name: "quorum arithmetic",
  matches: ({ text }) =>
    text.includes("\n----\n") && text.split("\n").some((line) => commandShape.test(line)),
  run: ({ text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, index) => {
      if (!commandShape.test(line)) return [];
      return [runCommand(line, printedBelow(lines, index))];
    });
  },
};

/** What counts is the last line; those above it draw a picture. */
function printedBelow(lines: readonly string[], command: number): string {
  const from = command + 2;
  const to = lines.indexOf("", from);
  return lines.slice(from, to < 0 ? undefined : to).at(-1) ?? "";
}

function runCommand(line: string, printed: string): CaseResult {
  return runCase(line, () => {
    const voters = listAfter(line, "cfg").length;
    const quorum = quorumSize("cft", voters);
    if (line.startsWith("vote")) {
      const votes = padded(listAfter(line, "votes"), voters).map(voteOf);
      return expectEqual(outcomes[voteResult(votes, quorum)], printed);
    }
    const indexes = padded(listAfter(line, "idx"), voters).map((text) =>
      text === "_" ? 0 : Number(text),
    );
    const reached = reachedByQuorum(indexes, quorum);
    return expectEqual(
      Number.isFinite(reached) ? String(reached) : "∞",
      printed.replace(/^<.*>/, ""),
    );
  });
}

function voteOf(text: string): boolean | undefined {
  return text === "_" ? undefined : text === "y";
}

function padded(items: readonly string[], length: number): string[] {
  return Array.from({ length }, (_, index) => items[index] ?? "_");
}

function listAfter(line: string, name: string): string[] {
  const inside = new RegExp(`\\b${name}=\\(([^)]*)\\)`).exec(line)?.[1]?.trim() ?? "";
  return inside === "" ? [] : inside.split(",").map((item) => item.trim());
}
