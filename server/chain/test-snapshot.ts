import { sealBlock } from "@kith/protocol/blocks";
import { ChunkList } from "@kith/protocol/chunk-list";
import { compareBytes, concatBytes, sha256, toHex } from "@kith/protocol/hashes";
import { checksumOf } from "@kith/protocol/ids";
import { encodeChunkRow } from "@kith/protocol/snapshot-chunk";
import type { SnapshotManifest } from "@kith/protocol/snapshot-manifest";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";

import { SnapshotCutter } from "./snapshot-cutter.ts";

/** A snapshot that a quorum has signed, for the tests of those who take one. */
export type TestSnapshot = {
  readonly chain: TestChain;
  readonly manifest: SnapshotManifest;
  readonly chunks: readonly Uint8Array[];
};

type Wanted = {
  /** 100 KB each: five to a chunk. */
  readonly rows: number;
  /** The block that it is of; 5 when left out. */
  readonly at?: number;
  /** The number of the first of three producers; another is another network. */
  readonly firstProducer?: number;
};

export function testSnapshot({ rows, at = 5, firstProducer = 0 }: Wanted): TestSnapshot {
  const producers = [0, 1, 2].map((number) => testProducer(firstProducer + number));
  const parts: Uint8Array[] = [];
  const cutter = new SnapshotCutter((entries) => void parts.push(concatBytes(...entries)));
  const entries = Array.from({ length: rows }, (_, number) => {
    const address = Uint8Array.from(`row ${number}`, (letter) => letter.charCodeAt(0));
    const row = new Uint8Array(100_000).fill(number);
    return { hash: sha256(address), entry: encodeChunkRow({ address, row }) };
  });
  for (const row of entries.toSorted((a, b) => compareBytes(a.hash, b.hash))) cutter.add(row);
  const { root, ranges, head } = cutter.end();
  const stateRoot = checksumOf(toHex(root));
  const chain = new TestChain(testConsensus("cft", producers));
  while (chain.headers.length < at + 1) chain.append();
  const { eventRoot } = chain.append({ stateRoot });
  chain.append();
  const chunks = parts.map((part, index) => concatBytes(head(index), part));
  const list = ChunkList.of(
    ranges.map(({ from }, index) => {
      const headBytes = head(index).length;
      return { from, headBytes, rowsBytes: (chunks[index]?.length ?? 0) - headBytes };
    }),
  );
  const newest = {
    header: chain.header(at + 3),
    certificate: chain.certificate({ num: at + 3, voters: producers }),
  };
  const between = [chain.header(at + 2), chain.header(at + 1)];
  const manifest: SnapshotManifest = {
    chain: chain.id,
    block: sealBlock(chain.header(at), []),
    stateRoot,
    eventRoot,
    chunks: list,
    proof: { changes: [], newest, between },
  };
  return { chain, manifest, chunks };
}
