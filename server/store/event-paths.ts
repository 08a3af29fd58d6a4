import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { BlockNum, TransactionId } from "@kith/protocol/ids";
import { merkleBranch } from "@kith/protocol/merkle";

import type { EventRows } from "./event-rows.ts";
import { blockOfSequence, type StoredEvent } from "./event-store.ts";
import { bytesOf, numberOf, type Connection, type Statement } from "./sqlite.ts";

/** What `events.db` knows about the block of a Merkle event. */
export type MerkleBlock = {
  readonly num: BlockNum;
  /** Its place among blocks with Merkle events, from 0. */
  readonly treeIndex: number;
  /** The id of its first Merkle event. */
  readonly firstId: number;
  /** Hashes of all its records. */
  readonly leaves: readonly Uint8Array[];
};

const hashBytes = 32;

/** Finds what proofs of Merkle events are made of; everything is in the file. */
export class EventPaths {
  private readonly statements: Readonly<
    Record<"ofTransaction" | "block" | "lastUpTo" | "node", Statement>
  >;

  constructor(connection: Connection) {
    this.statements = {
      ofTransaction: connection.prepare(
        "SELECT type_id, sequence FROM events WHERE transaction_id = ? AND merkle_id IS NOT NULL AND merkle_index = ?",
      ),
      block: connection.prepare(
        "SELECT tree_index, first_id, leaves FROM event_blocks WHERE num = ?",
      ),
      lastUpTo: connection.prepare(
        "SELECT num, tree_index FROM event_blocks WHERE num <= ? AND tree_index IS NOT NULL ORDER BY num DESC LIMIT 1",
      ),
      node: connection.prepare("SELECT hash FROM event_tree WHERE height = ? AND place = ?"),
    };
  }

  /** Version and sequence of a transaction's Merkle event. */
  find(
    transactionId: TransactionId,
    index: number,
  ): { readonly versionId: number; readonly sequence: number } | undefined {
    const row = this.statements.ofTransaction.get(bytesOfTrustedHex(transactionId), index);
    if (row === undefined) return undefined;
    return { versionId: numberOf(row[0]), sequence: numberOf(row[1]) };
  }

  blockOf({ sequence }: Pick<StoredEvent, "sequence">): MerkleBlock | undefined {
    const num = blockOfSequence(sequence);
    const row = this.statements.block.get(num);
    const [treeIndex, firstId, leaves] = row ?? [];
    if (typeof treeIndex !== "number" || typeof firstId !== "number") return undefined;
    const whole = bytesOf(leaves);
    const hashes = Array.from({ length: whole.length / hashBytes }, (_, at) =>
      whole.subarray(at * hashBytes, (at + 1) * hashBytes),
    );
    return { num, treeIndex, firstId, leaves: hashes };
  }

  /** How many blocks with Merkle events there were up to a block; undefined where blocks before it were not seen. */
  treeLeavesAt(num: BlockNum, rows: EventRows): number | undefined {
    const row = this.statements.lastUpTo.get(num);
    if (row === undefined) return undefined;
    const last = numberOf(row[0]);
    const unseen = rows.gaps().some((gap) => gap.last > last && gap.first <= num);
    return unseen ? undefined : numberOf(row[1]) + 1;
  }

  /** The siblings of a block on its way up in the tree of the first `leaves` blocks; undefined when some are not here. */
  path(treeIndex: number, leaves: number): readonly Uint8Array[] | undefined {
    const path: Uint8Array[] = [];
    let at = treeIndex;
    for (let height = 0; 2 ** height < leaves; height++) {
      const sibling = at % 2 === 0 ? at + 1 : at - 1;
      if (sibling * 2 ** height < leaves) {
        const hash = this.subtree(height, sibling, leaves);
        if (hash === undefined) return undefined;
        path.push(hash);
      }
      at = Math.floor(at / 2);
    }
    return path;
  }

  /** A subtree of the first `leaves` blocks: a full one is kept, one at the edge is put together from full ones. */
  private subtree(height: number, index: number, leaves: number): Uint8Array | undefined {
    if ((index + 1) * 2 ** height <= leaves) {
      const row = this.statements.node.get(height, index);
      return row === undefined ? undefined : bytesOf(row[0]);
    }
    const left = this.subtree(height - 1, 2 * index, leaves);
    if ((2 * index + 1) * 2 ** (height - 1) >= leaves) return left;
    const right = this.subtree(height - 1, 2 * index + 1, leaves);
    return left === undefined || right === undefined ? undefined : merkleBranch(left, right);
  }
}
