import { isAtLeast, type Head } from "../cft/head.ts";
import type { ConsensusState } from "./state.ts";

/** This node may have said more than it knows of, and says nothing until that is sorted out (decision 0140). */
export function isSilent({ memory }: ConsensusState): boolean {
  return memory.kind === "asking";
}

/** Whether this node may vote for somebody whose log ends there. */
export function isPastFloor({ memory }: ConsensusState, head: Head): boolean {
  return memory.kind !== "behind" || memory.floor === undefined || isAtLeast(head, memory.floor);
}
