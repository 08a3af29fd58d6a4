import type { Producer } from "@kith/protocol/block";
import { nodeIdOf } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

/** Nodes whose ids are easy to tell apart; nobody in the simulator makes a real signature with them. */
export function drawMembers(count: number): readonly Producer[] {
  return Array.from({ length: count }, (_, index) => {
    const account = parseAccountName(`node-${String.fromCharCode(97 + index)}`);
    if (!account.ok) throw new Error(account.error.code);
    const node = nodeIdOf((index + 1).toString(16).padStart(2, "0").repeat(32));
    return { account: account.value, node };
  });
}
