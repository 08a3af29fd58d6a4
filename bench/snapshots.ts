import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { checkChunk } from "@kith/chain/check-chunk";
import { SnapshotCutter } from "@kith/chain/snapshot-cutter";
import { sealBlock } from "@kith/protocol/blocks";
import { emptyEventTree, eventRootOf } from "@kith/protocol/event-tree";
import { sha256, toHex, zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { packAddress } from "@kith/protocol/row-proof";
import { encodeChunkRow } from "@kith/protocol/snapshot-chunk";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { makeRows } from "@kith/snapshots/make-snapshot";
import { openSnapshotFile, type SnapshotFile } from "@kith/snapshots/snapshot-file";
import { SnapshotWriter } from "@kith/snapshots/snapshot-writer";
import { stageSnapshot } from "@kith/snapshots/stage-snapshot";
import { RowSorter } from "@kith/store/row-sorter";
import { openStateReader } from "@kith/store/state-reader";

import { formatTable } from "./table.ts";

/** Megabytes of rows a second. */
export type SnapshotSpeeds = {
  readonly rowBytes: number;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly create: number;
  readonly verify: number;
  readonly load: number;
};

export function formatSnapshots(results: readonly SnapshotSpeeds[]): string {
  const rows = results.map(({ rowBytes, rows: count, sizeBytes, create, verify, load }) => [
    `${count} rows of ${rowBytes} B, ${(sizeBytes / 1e6).toFixed(0)} MB`,
    create.toFixed(0),
    verify.toFixed(0),
    load.toFixed(0),
  ]);
  return formatTable(["", "create, MB/s", "verify, MB/s", "load, MB/s"], rows);
}

type Size = { readonly rowBytes: number; readonly totalBytes: number };

const sortBytes = 64 * 1024 * 1024;

/** Creates, checks and loads snapshots of a state of `totalBytes`: rows of a few tables, of this size each. */
export function benchSnapshots(folder: string, sizes: readonly Size[]): SnapshotSpeeds[] {
  return sizes.map((size) => {
    const own = join(folder, `snapshots-${size.rowBytes}`);
    mkdirSync(own);
    try {
      return measure(own, size);
    } finally {
      rmSync(own, { recursive: true });
    }
  });
}

function measure(folder: string, size: Size): SnapshotSpeeds {
  const path = writeFile(folder, size);
  const file = opened(path);
  const { manifest } = file;
  const data = join(folder, "data");
  const machine = inProcessMachine([]);
  const loadMs = timed(() => {
    const staged = stageSnapshot({ folder: data, machine, manifest, chunks: file.chunks() });
    if (!staged.ok) throw new Error(`what was written cannot be loaded: ${staged.error.code}`);
  });
  const verifyMs = timed(() => {
    for (let at = 0; at < manifest.chunks.count; at++) {
      const fault = checkChunk(manifest, at, file.chunk(at));
      if (fault !== undefined) throw new Error(`what was written is wrong: ${fault.code}`);
    }
  });
  const createMs = timed(() => {
    const reader = openStateReader(data);
    const rows = makeRows({ reader, folder, name: "again" });
    reader.close();
    if (!rows.ok) throw new Error(`what was loaded cannot be read: ${rows.error.code}`);
    rows.value.finish({ block: manifest.block, genesis: file.genesis });
  });
  file.close();
  const sizeBytes = statSync(path).size;
  const perSecond = (ms: number): number => sizeBytes / 1_000 / ms;
  return {
    rowBytes: size.rowBytes,
    rows: Math.floor(size.totalBytes / size.rowBytes),
    sizeBytes,
    create: perSecond(createMs),
    verify: perSecond(verifyMs),
    load: perSecond(loadMs),
  };
}

/** A snapshot that nobody has signed, of rows that are different each. */
function writeFile(folder: string, { rowBytes, totalBytes }: Size): string {
  const path = join(folder, "state.snapshot");
  const sorter = new RowSorter({ path: join(folder, "sort"), memoryBytesMax: sortBytes });
  const services = ["anna", "ben", "carl"].map((name) => accountNameConstant(name));
  const row = new Uint8Array(rowBytes);
  const view = new DataView(row.buffer);
  for (let at = 0; at < totalBytes / rowBytes; at++) {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setUint32(4, at);
    for (let place = 0; place + 4 <= rowBytes; place += 4) {
      view.setUint32(place, Math.imul(at + place + 1, 2_654_435_761) >>> 0);
    }
    const service = services[at % services.length] ?? accountNameConstant("anna");
    const address = packAddress({ service, space: 16 * (at % 4), key });
    sorter.add({ key: sha256(address), value: encodeChunkRow({ address, row }) });
  }
  const writer = new SnapshotWriter(path);
  const cutter = new SnapshotCutter((rows) => writer.rows(rows));
  for (const { key, value } of sorter.sorted()) cutter.add({ hash: key, entry: value });
  sorter.close();
  const cut = cutter.end();
  const chunks = writer.heads(cut);
  const block = anyBlock();
  const stateRoot = checksumOf(toHex(cut.root));
  const eventRoot = eventRootOf(emptyEventTree);
  writer.finish({ chain: block.id, block, stateRoot, eventRoot, chunks }, block.bytes);
  return path;
}

function anyBlock() {
  return sealBlock(
    {
      previous: blockIdOf(zeroChecksum),
      blockNum: blockNumOf(1),
      time: 0,
      producer: accountNameConstant("anna"),
      term: termOf(0),
      commitNum: blockNumOf(0),
      consensusState: zeroChecksum,
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
    },
    [],
  );
}

function opened(path: string): SnapshotFile {
  const file = openSnapshotFile(path);
  if (!file.ok) throw new Error(`what was written cannot be opened: ${file.error.code}`);
  return file.value;
}

function timed(run: () => void): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}
