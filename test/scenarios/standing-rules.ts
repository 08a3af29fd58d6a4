import assert from "node:assert/strict";

import type { Ballot } from "@kith/protocol/ballot";

import type { Member } from "./member.ts";

/** What holds in every scenario about final blocks and durable votes. */
export class StandingRules {
  readonly #finalIds: Map<number, string> = new Map();
  readonly #votes: Map<string, Ballot> = new Map();

  /** One final block a height, on every node. */
  checkFinal(member: Member, upTo: number): void {
    for (let num = upTo; num > 0; num -= 1) {
      const id = member.state.log.idAt(num);
      if (id === undefined) return;
      const known = this.#finalIds.get(num);
      if (known === id) return;
      if (known !== undefined) assert.fail(`height ${num} has two final blocks`);
      this.#finalIds.set(num, id);
    }
  }

  /** A durable vote never goes back to an earlier term and never changes within one. */
  checkVote(member: Member): void {
    const before = this.#votes.get(member.name);
    const { ballot } = member;
    const changed =
      before?.term === ballot.term &&
      before.votedFor !== undefined &&
      before.votedFor !== ballot.votedFor;
    if (changed || (before !== undefined && ballot.term < before.term)) {
      assert.fail(`node ${member.name} changed its vote in term ${before.term}`);
    }
    this.#votes.set(member.name, ballot);
  }

  /** The folder of this node is an older one: what it holds is looked at anew. */
  forgetVote(name: string): void {
    this.#votes.delete(name);
  }
}
