import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";

import type { BlockFacts } from "./facts.ts";

/** The folder into which tests write what they did, for `kith test` to do it again; unset: nobody will. */
export const recordingsVariable = "KITH_TEST_RECORDINGS";

/** A block as it was executed first. */
export type RecordedBlock = { readonly block: SealedBlock; readonly facts: BlockFacts };

/** Writes down each block of one network as soon as it has run, so that a test that crashes loses nothing. */
export class Recorder {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#path = join(folder, `${name}.jsonl`);
  }

  add({ id, bytes, header }: SealedBlock, facts: BlockFacts): void {
    // Networks of the same apps begin with the same block, which is as large as all of them.
    const isFirst = header.blockNum === 1;
    if (isFirst) {
      const path = blockPath(this.#folder, id);
      if (!existsSync(path)) writeFileSync(path, bytes);
    }
    const block = isFirst ? { file: id } : { bytes: Buffer.from(bytes).toString("base64") };
    appendFileSync(this.#path, `${JSON.stringify({ ...block, facts })}\n`);
  }
}

type Line = { readonly file?: string; readonly bytes?: string; readonly facts: BlockFacts };

/** The blocks of one recording, in their order. Throws when the file is none: this program wrote it a moment ago. */
export function* readRecording(path: string): Generator<RecordedBlock> {
  const folder = join(path, "..");
  for (const text of readFileSync(path, "utf8").split("\n")) {
    if (text === "") continue;
    // oxlint-disable-next-line no-unsafe-type-assertion -- written by `Recorder`
    const { file, bytes, facts } = JSON.parse(text) as Line;
    const packed =
      file === undefined
        ? Buffer.from(bytes ?? "", "base64")
        : readFileSync(blockPath(folder, file));
    const block = decodeBlock(new Uint8Array(packed));
    if (!block.ok) throw new Error(`${path} has a block that is none: ${block.error.code}`);
    yield { block: block.value, facts };
  }
}

/** What a recording is called when people are told of it. */
export function recordingName(path: string): string {
  return basename(path, ".jsonl");
}

function blockPath(folder: string, id: string): string {
  return join(folder, `${id}.block`);
}
