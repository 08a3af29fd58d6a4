import type { ConsensusState } from "@kith/consensus/core/state";
import { blockNumOf, type BlockNum, type NodeId } from "@kith/protocol/ids";
import type { BlockPlace } from "@kith/protocol/vote";

import { stateAskedAgainMs } from "./limits.ts";
import type { ClockPort, LinksPort } from "./ports.ts";
import type { Repair } from "./repair.ts";

type LostBlockPorts = {
  readonly repair: Pick<Repair, "isWanted" | "isLost">;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly chain: { applied(): BlockPlace | undefined };
  readonly state: () => Pick<ConsensusState, "announcedNum" | "role"> & {
    readonly log: Pick<ConsensusState["log"], "head">;
  };
  readonly transfer: (to: NodeId) => void;
  /** Called once for each such block. */
  readonly onLost: (num: BlockNum) => void;
};

/**
 * The next block to execute is damaged, and it may have left every other log. A node whose log tells all that consensus needs takes part
 * all the same; when nobody gives a copy, it asks for what is behind its state, and whoever has no blocks of there offers a snapshot. While it
 * leads nobody names a state that a snapshot could be proved by, so it lets others lead.
 */
export class LostBlock {
  readonly #ports: LostBlockPorts;
  #isWatching = false;
  #asked = 0;
  #told: BlockNum | undefined;

  constructor(ports: LostBlockPorts) {
    this.#ports = ports;
  }

  /** The block that keeps the state where it is, and of which nobody had a copy. */
  get num(): BlockNum | undefined {
    const next = this.#next;
    return this.#ports.repair.isLost(next) ? next : undefined;
  }

  /** Only the state after a later block than this is of use here. */
  get neededAfter(): number {
    return (this.num ?? this.#ports.state().announcedNum + 1) - 1;
  }

  /** Whether the log is of no help for the state after a block that it holds. */
  hides(num: BlockNum): boolean {
    return this.num !== undefined && num <= this.#ports.state().announcedNum;
  }

  /** Called when the next block turns out to be damaged. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#ports.clock.after(stateAskedAgainMs, () => this.#look());
  }

  get #next(): BlockNum {
    return blockNumOf((this.#ports.chain.applied()?.num ?? 0) + 1);
  }

  #look(): void {
    this.#isWatching = false;
    if (!this.#ports.repair.isWanted(this.#next)) return;
    if (this.num !== undefined) {
      this.#tell(this.num);
      this.#ask();
    }
    this.watch();
  }

  #tell(num: BlockNum): void {
    if (this.#told === num) return;
    this.#told = num;
    this.#ports.onLost(num);
  }

  #ask(): void {
    const { links, transfer, chain } = this.#ports;
    const { role, log } = this.#ports.state();
    const peers = links.connected();
    const peer = peers[this.#asked % Math.max(1, peers.length)];
    const applied = chain.applied();
    if (peer === undefined || applied === undefined) return;
    this.#asked += 1;
    if (role === "leader") return transfer(peer);
    const final = { num: applied.num, id: applied.id };
    const head = { num: blockNumOf(log.head.num), id: log.head.id };
    links.send(peer, { kind: "chain-request", final, head });
  }
}
