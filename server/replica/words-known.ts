import type { ConsensusState } from "@kith/consensus/core/state";

/**
 * `unknown`: it may have said more than it knows of, so it says nothing. `shared`: another process speaks with its key. `behind`: it takes
 * part again, and has to catch up.
 */
export type WordsKnown = "all" | "unknown" | "shared" | "behind";

export function wordsKnown({ memory, voters, config }: ConsensusState): WordsKnown {
  if (memory.kind === "whole" || !voters.nodes.includes(config.self)) return "all";
  if (memory.kind === "behind") return "behind";
  return memory.isShared ? "shared" : "unknown";
}
