import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { ledger, ledgerCode, ledgerInterface } from "./ledger.ts";
import {
  creation,
  draft,
  person,
  proved,
  pushBytes,
  sendDone,
  type Person,
} from "./transactions.ts";
import { until } from "./until.ts";

let cluster: Cluster;
const people = ["alice", "bob", "carol"].map((name, at) => person(name, 70 + at));

before(async () => {
  cluster = await Cluster.start(3);
  const leader = await cluster.leader();
  const author = person(ledger, 80);
  for (const who of [...people, author]) await sendDone(leader, [creation(who)], who.prover);
  const code = await ledgerCode(cluster.folder);
  const install = packAction(ledger, setcodeInterface, "setCode", { vm: javaScript, code });
  await sendDone(leader, [install], author.prover);
});
after(() => cluster.close());

type Entry = { readonly id: number; readonly book: string; readonly amount: number };
type Row = Entry & { readonly author: string };

/** Fills books and closes some of them; knows what the tables hold once each transaction is acknowledged. */
class Clerk {
  readonly entries = new Map<number, Row>();
  done = 0;
  readonly #who: Person;
  readonly #firstId: number;
  #stopping = false;
  #running: Promise<void> | undefined;

  constructor(who: Person, firstId: number) {
    this.#who = who;
    this.#firstId = firstId;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopping; turn++) {
      const count = 1 + (turn % 9);
      const from = this.#firstId + turn * 10;
      const book = `${this.#who.name}-${turn % 4}`;
      const isLast = turn % 7 === 6 && [...this.entries.values()].some((row) => row.book === book);
      if (isLast) {
        await this.#insist("close", { book });
        for (const { id, book: of } of this.entries.values()) {
          if (of === book) this.entries.delete(id);
        }
      } else {
        await this.#insist("enter", { from, count, book });
        for (let id = from; id < from + count; id++) {
          const row = { id, book, amount: (id * 7) % 1000, author: this.#who.name };
          this.entries.set(id, row);
        }
      }
      this.done++;
    }
  }

  /** The same bytes again and again, to whichever node answers, until it is known what became of them. */
  async #insist<Name extends "enter" | "close">(
    method: Name,
    args: Parameters<typeof packAction<typeof ledgerInterface.actions, Name>>[3],
  ): Promise<void> {
    const action = packAction(this.#who.name, ledgerInterface, method, args);
    let bytes: Uint8Array | undefined;
    await until(`${method} of ${this.#who.name}`, settleMs, async () => {
      const running = cluster.nodes.filter((node) => node.running);
      const node = running[Math.floor(Math.random() * running.length)];
      if (node === undefined) return false;
      bytes ??= proved(await draft(node, [action], [this.#who.prover]), [this.#who.prover]);
      const { status, body } = await pushBytes(node, bytes);
      if (status === 200) return true;
      if (status < 500) throw new Error(JSON.stringify(body));
      return false;
    });
  }
}

type Sql = {
  readonly entries: readonly Row[];
  readonly sums: readonly { readonly book: string; readonly entries: number }[];
};

async function bySql(node: ClusterNode): Promise<Sql> {
  return (await (await request(node, ledger, "/sql")).json()) as Sql;
}

type Page = {
  readonly data: {
    readonly entries: {
      readonly nodes: readonly Row[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  };
};

async function byGraphql(node: ClusterNode): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let behind = ""; ;) {
    const query = `{ entries(first: 100${behind}) {
      nodes { id book amount author }
      pageInfo { hasNextPage endCursor }
    } }`;
    const path = `/graphql?${new URLSearchParams({ query }).toString()}`;
    const answer: unknown = await (await request(node, ledger, path)).json();
    const { nodes, pageInfo } = (answer as Page).data.entries;
    rows.push(...nodes);
    if (!pageInfo.hasNextPage) return rows;
    behind = `, after: ${JSON.stringify(pageInfo.endCursor)}`;
  }
}

async function byService(node: ClusterNode, path: string): Promise<unknown> {
  return (await request(node, ledger, path)).json();
}

test("nodes are killed while tables with several indexes are written, and then all ways to read them agree on all nodes", async () => {
  const clerks = people.map((who, at) => new Clerk(who, 1_000_000 * (at + 1)));
  for (const clerk of clerks) clerk.start();
  const doneByAll = (): number => Math.min(...clerks.map(({ done }) => done));
  // Each node once, the one that leads at that moment among them.
  for (const victim of [await cluster.leader(), ...cluster.nodes]) {
    const target = doneByAll() + 4;
    await until("everybody writes", settleMs, () => doneByAll() >= target);
    await victim.process.kill();
    await until("they go on without it", settleMs, () => doneByAll() >= target + 3);
    victim.start();
    await victim.ready();
  }
  await Promise.all(clerks.map((clerk) => clerk.stop()));
  await cluster.settled();

  const expected = clerks
    .flatMap(({ entries }) => [...entries.values()])
    .toSorted((a, b) => a.id - b.id);
  const largest = expected
    .toSorted((a, b) => b.amount - a.amount || b.id - a.id)
    .slice(0, 25)
    .map(({ id, amount }) => [id, String(amount)]);
  assert.ok(expected.length > 50, `${expected.length} entries`);
  for (const node of cluster.nodes) {
    const { entries, sums } = await bySql(node);
    assert.deepEqual(entries, expected);
    assert.deepEqual(await byGraphql(node), expected);
    assert.deepEqual(await byService(node, "/largest"), largest);
    const books = (await byService(node, "/books")) as readonly { name: string; entries: number }[];
    assert.deepEqual(
      books.map(({ name, entries: count }) => [name, count]),
      sums.map(({ book, entries: count }) => [book, count]),
    );
  }
});
