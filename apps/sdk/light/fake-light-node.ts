import type { Consensus } from "@kith/protocol/block";
import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { certificateCodec } from "@kith/protocol/certificates";
import {
  emptyEventTree,
  eventRecordCodec,
  eventRootOf,
  growEventTree,
} from "@kith/protocol/event-tree";
import { sha256, toHex } from "@kith/protocol/hashes";
import {
  blockNumOf,
  checksumOf,
  transactionIdOf,
  type AccountName,
  type TransactionId,
} from "@kith/protocol/ids";
import { encodeKey } from "@kith/protocol/key";
import { merkleLeaf } from "@kith/protocol/merkle";
import { merklePath } from "@kith/protocol/merkle-path";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { eventProofJson, rowProofJson } from "@kith/protocol/proof-json";
import { addressHash } from "@kith/protocol/row-proof";
import { emptyNode, hashNode, nibbleAt, withPlaces } from "@kith/protocol/state-tree-node";
import {
  TestChain,
  testConsensus,
  testProducer,
  type TestProducer,
} from "@kith/protocol/test-chain";
import { packText } from "@kith/protocol/texts";

import { merkleEvent, type EventDefinition } from "../event.ts";
import { table, type Table } from "../table.ts";
import { account, str, u64 } from "../types.ts";
import type { LightAnswer, LightPort } from "./ask-node.ts";

/** What stands behind tests of the light client: a network's headers, and a node that shows them, honestly until a test says otherwise. */

type Balance = { readonly owner: AccountName; readonly amount: bigint };
type Memo = { readonly owner: AccountName; readonly memo: string };

export const alice: AccountName = accountNameConstant("alice");
export const bob: AccountName = accountNameConstant("bob");
export const service: AccountName = accountNameConstant("tokens");
export const balances: Table<Balance, "owner", never> = table(
  "balances",
  { owner: account, amount: u64 },
  { key: ["owner"] },
);
export const credited: EventDefinition<Memo> = merkleEvent("credited", {
  owner: account,
  memo: str,
});
export const debited: EventDefinition<Memo> = merkleEvent("debited", { owner: account, memo: str });
export const transactionId: TransactionId = transactionIdOf("ab".repeat(32));
export const tableNumber = 2;

export const row: Balance = { owner: alice, amount: 7n };
export const packedRow: Uint8Array = balances.row.pack(row);
export const credit: Memo = { owner: alice, memo: "thanks" };

const key = encodeKey([{ kind: "account", value: alice }]);
const hash = addressHash({ service, space: tableNumber * 16, key });
const leaf = { kind: "leaf", addressHash: hash, rowHash: sha256(packedRow) } as const;
const node = withPlaces(emptyNode, [{ place: nibbleAt(hash, 0), child: leaf }]);
const stateRoot = checksumOf(toHex(hashNode(node)));
const rowProof = rowProofJson([node]);

const events = [
  { id: 1, event: credited, value: credit, transactionId },
  { id: 2, event: debited, value: { owner: bob, memo: "rent" }, transactionId },
].map(({ id, event, value, transactionId: of }) =>
  eventRecordCodec.pack({
    id,
    service,
    type: methodNameConstant(event.name),
    rawData: event.type.pack(value),
    transactionId: of,
  }),
);
const eventBlock = blockNumOf(3);
const eventTree = growEventTree(emptyEventTree, eventBlock, events);
const eventRoot = eventRootOf(eventTree.tree);

export const people: readonly TestProducer[] = Array.from({ length: 12 }, (_, at) =>
  testProducer(at),
);
export const first: readonly TestProducer[] = people.slice(0, 4);
export const second: readonly TestProducer[] = people.slice(3, 7);
const third = people.slice(6, 11);

/** Blocks 6 and 11 change the producers; 15 is the newest. Each header has the roots of the row and the events above. */
export function openChain(
  algorithm: Consensus["algorithm"] = "bft",
  genesis: readonly TestProducer[] = first,
): TestChain {
  const roots = { stateRoot, eventRoot };
  const chain = new TestChain(testConsensus(algorithm, genesis));
  for (let num = 2; num <= 5; num++) chain.append({ term: 1, ...roots });
  chain.append({ newConsensus: testConsensus(algorithm, second), ...roots });
  chain.append({ commitNum: 5, ...roots });
  for (let num = 8; num <= 10; num++) chain.append({ term: 2, ...roots });
  chain.append({ newConsensus: testConsensus(algorithm, third), ...roots });
  for (let num = 12; num <= 15; num++) chain.append({ term: 4, ...roots });
  return chain;
}

/** What a node answers, as JSON. */
export type Answer = Readonly<Record<string, unknown>>;

export class FakeLightNode {
  readonly requests: string[] = [];
  readonly chain: TestChain;
  changesPerPage = 64;
  headersPerPage = 128;
  /** The newest block that it knows, and the oldest that it keeps. */
  newest: number;
  oldest = 1;
  /** The lie: what is answered instead. */
  alter: (answer: Answer, path: string) => unknown = (answer) => answer;
  /** What comes instead of an answer. */
  instead: (path: string) => Promise<LightAnswer> | undefined = () => undefined;

  constructor(chain: TestChain = openChain()) {
    this.chain = chain;
    this.newest = chain.headers.length;
  }

  readonly port: LightPort = {
    fetch: (url) => {
      const path = url.slice(url.indexOf("/common"));
      this.requests.push(path);
      const { status, json } = this.#answer(path);
      return this.instead(path) ?? Promise.resolve(answerOf(this.alter(json, path), status));
    },
  };

  /** Requests whose paths begin so. */
  count(prefix: string): number {
    return this.requests.filter((path) => path.startsWith(prefix)).length;
  }

  certificate(num: number, wanted: Partial<Parameters<TestChain["certificate"]>[0]> = {}): string {
    const voters = votersOf(this.chain, num);
    return hexOfCertificate(this.chain.certificate({ num, voters, ...wanted }));
  }

  /** As a node has it in its answers. */
  shown(num: number): Answer {
    const header = headerJson(this.chain, num);
    return { header, certificate: num === 1 ? null : this.certificate(num) };
  }

  changes(after: number): readonly number[] {
    return this.chain.headers
      .filter(({ blockNum, newConsensus }) => blockNum > after && newConsensus !== undefined)
      .map(({ blockNum }) => blockNum)
      .filter((num) => num > 1 && num <= this.newest);
  }

  #answer(path: string): { readonly status: number; readonly json: Answer } {
    const [pathname = "", query = ""] = path.split("?", 2);
    const parameters = new Map(
      query.split("&").map((each) => {
        const [name = "", value = ""] = each.split("=", 2);
        return [name, decodeURIComponent(value)] as const;
      }),
    );
    const number = (name: string): number => Number(parameters.get(name));
    const found = (json: Answer) => ({ status: 200, json });
    if (pathname === "/common/light/changes") return found(this.#changesAfter(number("after")));
    if (pathname === "/common/light/headers") return found(this.#headersBefore(number("before")));
    if (pathname === "/common/light/header") {
      return found(this.shown(parameters.has("num") ? number("num") : this.newest));
    }
    if (pathname === "/common/proof/row") {
      const hasRow = parameters.get("key") === JSON.stringify({ owner: alice });
      const packed = hasRow ? toHex(packedRow) : null;
      return found({ row: packed, proof: rowProof, ...this.shown(this.newest) });
    }
    const index = Number(pathname.split("/").at(-1));
    return found({ proof: eventProof(index), ...this.shown(this.newest) });
  }

  #changesAfter(after: number): Answer {
    const changes = this.changes(after);
    const page = changes.slice(0, this.changesPerPage);
    return {
      ...(after === 0 ? { genesis: headerJson(this.chain, 1) } : {}),
      changes: page.map((num) => this.shown(num)),
      next: page.length < changes.length ? page.at(-1) : null,
    };
  }

  #headersBefore(before: number): Answer {
    const headers: object[] = [];
    for (let num = Math.min(before - 1, this.newest); num >= this.oldest; num -= 1) {
      if (headers.length < this.headersPerPage) headers.push(headerJson(this.chain, num));
    }
    return { headers };
  }
}

/** A body in parts of this size. */
export function answerOf(json: unknown, status = 200, partBytes = 1000): LightAnswer {
  const bytes = typeof json === "string" ? packText(json) : packText(JSON.stringify(json));
  let at = 0;
  const read = () => {
    const value = bytes.subarray(at, (at += partBytes));
    return Promise.resolve(value.length === 0 ? { done: true } : { done: false, value });
  };
  return { status, body: { getReader: () => ({ read, cancel: () => Promise.resolve() }) } };
}

export function votersOf(chain: TestChain, num: number): readonly TestProducer[] {
  const { current, next } = chain.point(num).joint;
  const nodes = [...current.producers, ...(next?.producers ?? [])].map(({ node: id }) => id);
  return people.filter((person) => nodes.includes(person.node));
}

export function headerJson(chain: TestChain, num: number): Answer {
  const header = chain.header(num);
  return { num, id: blockIdOfHeader(header), bytes: toHex(headerCodec.pack(header)).toUpperCase() };
}

export function hexOfCertificate(certificate: Certificate): string {
  return toHex(certificateCodec.pack(certificate)).toUpperCase();
}

export function eventProof(index: number): unknown {
  const record = events[index];
  if (record === undefined) return null;
  const path = merklePath(events.map(merkleLeaf), index);
  const block = { blockNum: eventBlock, blockIndex: 0, blocks: 1, blocksPath: [] };
  return eventProofJson({ record, index, events: events.length, path, ...block });
}
