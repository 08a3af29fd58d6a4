import assert from "node:assert/strict";

import { rulesInForce } from "@kith/consensus/bft/rules";
import type { ConsensusState } from "@kith/consensus/core/state";
import { epochIsOver } from "@kith/consensus/joint/epoch";
import type { NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

/** What holds in every scenario about terms and epochs, looked at after each input of each node. */
export class TermRules {
  readonly #leaders = new Map<string, string>();
  readonly #epochs = new Map<string, number>();

  /** Election safety (Raft section 5.2), and that an epoch is left in the step that ends it. */
  checkLeader(name: string, state: ConsensusState): void {
    if (epochIsOver(state)) {
      assert.fail(`${name} stays in an epoch that is over: what it says next would be of both`);
    }
    if (state.role !== "leader") return;
    const { term } = state;
    // Producers of different epochs under BFT count their terms apart from each other.
    const { joint, epoch } = rulesInForce(state);
    const place = joint.current.algorithm === "bft" ? `bft ${epoch} ${term}` : `cft ${term}`;
    const known = this.#leaders.get(place);
    if (known !== undefined && known !== name) {
      assert.fail(`term ${term} has two leaders, ${known} and ${name}`);
    }
    this.#leaders.set(place, name);
  }

  /** The next producers begin with a term of their own, so nobody votes for two sets of them in one term. */
  checkVote(name: string, node: NodeId, message: ConsensusMessage): void {
    if (message.kind !== "vote" || message.vote.node !== node) return;
    const { term, epoch } = message.vote;
    const place = `${name} ${term}`;
    const known = this.#epochs.get(place) ?? epoch;
    if (known !== epoch) assert.fail(`${place}: votes in epochs ${known} and ${epoch}`);
    this.#epochs.set(place, epoch);
  }
}
