import type { Applied } from "@kith/chain/ports";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf } from "@kith/protocol/blocks";
import { consensusAfter, noConsensus, type ConsensusPoint } from "@kith/protocol/consensus-point";
import { toHex } from "@kith/protocol/hashes";
import { checksumOf } from "@kith/protocol/ids";

import type { Dice } from "./dice.ts";
import type { Execution } from "./ledger.ts";

/** What executing blocks produces in the core subject: which transaction was executed where. */
type Content = {
  block: SealedBlock;
  /** The block of the last snapshot. */
  snapshotBlock: SealedBlock | undefined;
  point: ConsensusPoint;
  executedIn: Map<string, number>;
  tallies: Map<number, number>;
  /** The producers that a transaction asked for last. */
  asked: Consensus | undefined;
};

export type Snapshot = Content;

type Undo = {
  readonly before: SealedBlock;
  readonly point: ConsensusPoint;
  readonly asked: Consensus | undefined;
  readonly ids: readonly string[];
};

type CoreStatePorts = {
  readonly dice: Dice;
  readonly changeOf: (transaction: Uint8Array) => Consensus | undefined;
  readonly onExecution: (execution: Execution) => void;
};

/** The newest blocks of state.db that a power cut may take; older ones are durable. */
const lagBlocksMax = 16;

/** A stand-in for state.db and the chain: counts each transaction once, however often it is in a block. */
export class CoreState {
  readonly #ports: CoreStatePorts;
  #content: Content;
  #undo: Undo[] = [];

  constructor(genesis: SealedBlock, ports: CoreStatePorts) {
    this.#ports = ports;
    const point = consensusAfter(noConsensus, genesis.header);
    this.#content = {
      block: genesis,
      snapshotBlock: undefined,
      point,
      executedIn: new Map(),
      tallies: new Map(),
      asked: undefined,
    };
  }

  get block(): SealedBlock {
    return this.#content.block;
  }

  get num(): number {
    return this.block.header.blockNum;
  }

  get point(): ConsensusPoint {
    return this.#content.point;
  }

  /** While nothing was executed behind it. */
  get snapshotBlock(): SealedBlock | undefined {
    const { block, snapshotBlock } = this.#content;
    return snapshotBlock?.id === block.id ? snapshotBlock : undefined;
  }

  /** Everything up to here survives a power cut. */
  get durableNum(): number {
    return this.num - this.#undo.length;
  }

  /** The state's root is the id of the block: equal logs, equal states. */
  get applied(): Applied {
    const { id, header } = this.block;
    const root = checksumOf(id);
    return { num: header.blockNum, id, time: header.time, stateRoot: root, eventRoot: root };
  }

  /** The producers that were asked for and are neither in force nor on their way. */
  get wanted(): Consensus | undefined {
    const { asked, point } = this.#content;
    const { current, next } = point.joint;
    if (asked === undefined || isSame(asked, next ?? current)) return undefined;
    return asked;
  }

  executedIn(id: string): number | undefined {
    return this.#content.executedIn.get(id);
  }

  tally(client: number): number {
    return this.#content.tallies.get(client) ?? 0;
  }

  execute(block: SealedBlock): void {
    const content = this.#content;
    const ids = block.transactions
      .map((bytes) => toHex(bytes))
      .filter((id, at, all) => !content.executedIn.has(id) && all.indexOf(id) === at);
    for (const id of ids) {
      content.executedIn.set(id, block.header.blockNum);
      this.#ports.onExecution({ id, blockNum: block.header.blockNum });
      this.#count(id, 1);
    }
    const { block: before, point, asked } = content;
    this.#undo.push({ before, point, asked, ids });
    if (this.#undo.length > lagBlocksMax)
      this.#undo.splice(0, this.#ports.dice.between(1, lagBlocksMax));
    content.block = block;
    content.point = consensusAfter(content.point, block.header);
    for (const transaction of block.transactions) {
      if (ids.includes(toHex(transaction))) {
        content.asked = this.#ports.changeOf(transaction) ?? content.asked;
      }
    }
  }

  /** Loses the newest blocks, as many as chance wants. */
  powerCut(): void {
    for (let lost = this.#ports.dice.below(this.#undo.length + 1); lost > 0; lost -= 1) {
      const undo = this.#undo.pop();
      if (undo === undefined) return;
      this.#content.block = undo.before;
      this.#content.point = undo.point;
      this.#content.asked = undo.asked;
      for (const id of undo.ids) {
        this.#content.executedIn.delete(id);
        this.#count(id, -1);
      }
    }
  }

  copy(): () => void {
    const [content, undo] = [copyOf(this.#content), [...this.#undo]];
    return () => {
      this.#content = copyOf(content);
      this.#undo = [...undo];
    };
  }

  snapshot(): Snapshot {
    return copyOf(this.#content);
  }

  install(snapshot: Snapshot): void {
    this.#content = { ...copyOf(snapshot), snapshotBlock: snapshot.block };
    this.#undo = [];
  }

  #count(id: string, by: number): void {
    const client = clientOf(id);
    this.#content.tallies.set(client, this.tally(client) + by);
  }
}

function isSame(a: Consensus, b: Consensus): boolean {
  return consensusStateOf({ current: a }) === consensusStateOf({ current: b });
}

function copyOf({ executedIn, tallies, ...rest }: Content): Content {
  return { ...rest, executedIn: new Map(executedIn), tallies: new Map(tallies) };
}

/** The first byte of a transaction of the core subject names its client. */
function clientOf(id: string): number {
  return Number.parseInt(id.slice(0, 2), 16);
}
