import type { Consensus, Producer } from "@kith/protocol/block";
import { nodeIdOf } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import type { Dice } from "./dice.ts";
import { isQuorumOf, voterSetOf } from "./voters.ts";

/** Nodes whose ids are easy to tell apart; nobody in the simulator makes a real signature with them. */
export function drawMembers(count: number): readonly Producer[] {
  return Array.from({ length: count }, (_, index) => {
    const account = parseAccountName(`node-${String.fromCharCode(97 + index)}`);
    if (!account.ok) throw new Error(account.error.code);
    const node = nodeIdOf((index + 1).toString(16).padStart(2, "0").repeat(32));
    return { account: account.value, node };
  });
}

/** Which nodes may be lost: of the producers at genesis so few that the others decide. */
export function drawMortals(
  dice: Dice,
  members: readonly Producer[],
  consensus: Consensus,
  mortalCount: number,
): ReadonlySet<string> {
  const mortals = new Set<string>();
  for (const { node } of dice.shuffled(members)) {
    if (mortals.size >= mortalCount) break;
    mortals.add(node);
    if (!decidesWithout(consensus, mortals)) mortals.delete(node);
  }
  return mortals;
}

/** Whether a set of producers can lose all the mortal ones. */
export function decidesWithout(consensus: Consensus, mortals: ReadonlySet<string>): boolean {
  return isQuorumOf(voterSetOf(consensus), (id) => !mortals.has(id));
}
