import type { Connection, Statement } from "../sqlite.ts";

/** Nodes that one statement writes: each statement costs as much as a node or two. */
const nodesAtOnce = 32;

/** Writes nodes of the state tree, many at once. */
export class ManyNodes {
  private readonly many: Statement;
  private readonly one: Statement;
  private waiting: Uint8Array[] = [];

  constructor(connection: Connection) {
    this.many = connection.prepare(insertSql(nodesAtOnce));
    this.one = connection.prepare(insertSql(1));
  }

  /** Both are copied; they may be written later. */
  put(path: Uint8Array, node: Uint8Array): void {
    this.waiting.push(path.slice(), node.slice());
    if (this.waiting.length < 2 * nodesAtOnce) return;
    this.many.runAll(this.waiting);
    this.waiting = [];
  }

  flush(): void {
    for (let at = 0; at < this.waiting.length; at += 2) {
      this.one.run(...this.waiting.slice(at, at + 2));
    }
    this.waiting = [];
  }
}

function insertSql(nodes: number): string {
  const values = Array.from({ length: nodes }, () => "(?, ?)").join(", ");
  return `INSERT OR REPLACE INTO tree_nodes VALUES ${values}`;
}
