import type { SealedBlock } from "@kith/protocol/block";
import { transactionIdOf } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Transaction } from "@kith/protocol/transaction";
import type { PoolEntry } from "@kith/replica/pool";

import { diceFor, type Dice } from "../../../test/simulator/dice.ts";
import { Gossip } from "./gossip.ts";
import type { ScaleNode } from "./scale-node.ts";
import type { ScaleWorld } from "./scale-world.ts";
import type { Setting } from "./setting.ts";

/** When a transaction was submitted, and when it was final at the leader. */
export type Delivered = { readonly submittedMs: number; readonly finalMs: number };

type Held = { readonly entry: PoolEntry; readonly leader: ScaleNode };

const senders: readonly Transaction[] = Array.from({ length: 4_096 }, (_, at) => ({
  tapos: { expiration: 0, flags: 0, refBlockIndex: 0 },
  actions: [
    {
      sender: accountNameConstant(nameOf(at)),
      service: accountNameConstant("works"),
      method: methodNameConstant("work"),
      rawData: new Uint8Array(),
    },
  ],
  claims: [],
}));

/** Transactions of many senders, of one size, that mean nothing. */
export class Load {
  readonly delivered: Delivered[] = [];
  readonly #world: ScaleWorld;
  readonly #setting: Setting;
  readonly #dice: Dice;
  readonly #gossip: Gossip | undefined;
  readonly #held = new Map<Uint8Array, Held>();
  #count = 0;

  constructor(world: ScaleWorld, setting: Setting) {
    this.#world = world;
    this.#setting = setting;
    this.#dice = diceFor(setting.seed, "load");
    if (setting.spreading === "named") this.#gossip = new Gossip(world);
  }

  /** One transaction, checked before, to this leader. */
  offer(leader: ScaleNode): void {
    leader.offer([this.#draw(leader)]);
  }

  /** So many a second at random times, from now on, each over somebody's line. */
  start(perSecond: number): void {
    const next = (): void => {
      const leader = this.#world.leader();
      if (leader !== undefined) this.#submit(leader);
      this.#world.scheduler.after(this.#dice.exponential(1e6 / perSecond), next);
    };
    next();
  }

  onFinal(node: ScaleNode, block: SealedBlock): void {
    for (const bytes of block.transactions) {
      const held = this.#held.get(bytes);
      if (held?.leader !== node) continue;
      this.#held.delete(bytes);
      node.pool.remove(held.entry.prepared.id);
      this.delivered.push({ submittedMs: held.entry.addedMs, finalMs: this.#world.nowMs });
    }
  }

  /** To the leader; where everybody tells everybody of transactions, to anybody. */
  #submit(leader: ScaleNode): void {
    const { lines, nodes } = this.#world;
    const entry = this.#draw(leader);
    const { bytes } = entry.prepared;
    const first =
      this.#gossip === undefined ? this.#world.indexOf(leader) : this.#dice.below(nodes.length);
    lines.receive(first, bytes.length);
    this.#world.node(first).check([bytes], () => {
      if (this.#gossip === undefined) leader.offer([entry]);
      else this.#gossip.tell(first, leader, entry);
    });
  }

  #draw(leader: ScaleNode): PoolEntry {
    const count = this.#count++;
    const transaction = senders[count % senders.length];
    if (transaction === undefined) throw new Error("there are no senders");
    const bytes = new Uint8Array(this.#setting.transactionBytes);
    new DataView(bytes.buffer).setUint32(0, count);
    const id = transactionIdOf(count.toString(16).padStart(64, "0"));
    const signed = { transaction: bytes, proofs: [] };
    const prepared = { id, bytes, signed, transaction };
    const addedMs = this.#world.nowMs;
    const waiting: PoolEntry["waiting"] = [];
    const entry: PoolEntry = {
      prepared,
      waiting,
      isOwn: true,
      stage: "queued",
      addedMs,
      passedMs: 0,
    };
    this.#held.set(bytes, { entry, leader });
    return entry;
  }
}

function nameOf(at: number): string {
  const letters = [Math.floor(at / 676), Math.floor(at / 26) % 26, at % 26];
  return `s${letters.map((letter) => String.fromCharCode(97 + letter)).join("")}`;
}
