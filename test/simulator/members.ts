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

/** Which nodes may be lost, or lie: so many, as long as the network can do without all of them. */
export function drawFaulty(
  dice: Dice,
  members: readonly Producer[],
  count: number,
  mayMiss: (faulty: ReadonlySet<string>) => boolean,
): ReadonlySet<string> {
  const faulty = new Set<string>();
  for (const { node } of dice.shuffled(members)) {
    if (faulty.size >= count) break;
    faulty.add(node);
    if (!mayMiss(faulty)) faulty.delete(node);
  }
  return faulty;
}

/** Whether a set of producers decides without the faulty ones. */
export function decidesWithout(consensus: Consensus, faulty: ReadonlySet<string>): boolean {
  return isQuorumOf(voterSetOf(consensus), (id) => !faulty.has(id));
}
