import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { TreeNode } from "@kith/protocol/state-tree-node";

import { treeHistoryBlocksMax, treeHistoryBytesMax } from "./limits.ts";

/** What a node was before a block changed it; undefined: there was none. */
type NodesBefore = Map<string, TreeNode | undefined>;

type BlockChanges = {
  readonly num: BlockNum;
  readonly nodes: NodesBefore;
  readonly sizeBytes: number;
};

/**
 * The nodes that the last blocks replaced, so that a row can be proved against a root that a header carries already:
 * a header says what was true some blocks before it.
 */
export class TreeHistory {
  /** Oldest first, without holes. */
  private blocks: BlockChanges[] = [];
  private open: NodesBefore = new Map();
  private sizeBytes = 0;

  /** What `path` was before the block that is under way. */
  note(path: string, before: TreeNode | undefined): void {
    if (!this.open.has(path)) this.open.set(path, before);
  }

  /** The block under way is applied. */
  close(num: BlockNum): void {
    const nodes = this.open;
    this.open = new Map();
    let sizeBytes = 0;
    for (const [path, node] of nodes) sizeBytes += path.length + (node?.length ?? 0);
    this.blocks.push({ num, nodes, sizeBytes });
    this.sizeBytes += sizeBytes;
    while (this.blocks.length > treeHistoryBlocksMax || this.sizeBytes > treeHistoryBytesMax) {
      this.sizeBytes -= this.blocks.shift()?.sizeBytes ?? 0;
    }
  }

  clear(): void {
    this.blocks = [];
    this.open = new Map();
    this.sizeBytes = 0;
  }

  /** The heights whose nodes are known, newest first; `applied` is one of them. */
  *heights(applied: BlockNum): Generator<BlockNum> {
    yield applied;
    for (const { num } of this.blocks.toReversed()) {
      if (num > 1) yield blockNumOf(num - 1);
    }
  }

  /** What a node was after block `num`; undefined when no block behind it has changed the node. */
  nodeAt(num: BlockNum, path: string): { readonly node: TreeNode | undefined } | undefined {
    for (const block of this.blocks) {
      if (block.num > num && block.nodes.has(path)) return { node: block.nodes.get(path) };
    }
    return undefined;
  }
}
