import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "@kith/store/write-whole";

import { dataFiles } from "./data-folder.ts";

/**
 * Why a node may have said, as a producer, what is not in its folder (decision 0140). `log-new`: the key was there and the log was not; this
 * is its first start, or all but the key was lost. `log-copied`: the log is another file than the one that this node wrote, and may be
 * old. `words-unknown`: others know more of what this node said than it does.
 */
export type Doubt = (typeof doubts)[number];

const doubts = ["log-new", "log-copied", "log-lost", "words-unknown"] as const;

type Mark = { readonly place: string; readonly doubt?: Doubt | undefined };

type MarkParts = {
  readonly folder: string;
  /** The node's key was there before this start. */
  readonly hadKey: boolean;
  readonly isLogEmpty: boolean;
  /** The operator says that this folder is the newest there ever was. */
  readonly isTrusted: boolean;
};

/**
 * Says beside log.db which file that was, and whether this node knows all that it ever said. A folder that is copied, or put back from a
 * backup, has another log.db, with the same contents.
 */
export class MemoryMark {
  readonly #path: string;
  readonly #place: string;
  #doubt: Doubt | undefined;

  /** Called when the log is open. */
  constructor(parts: MarkParts) {
    this.#path = join(parts.folder, dataFiles.memory);
    this.#place = placeOf(join(parts.folder, "log.db"));
    this.#doubt = parts.isTrusted ? undefined : doubtOf(parts, this.#read(), this.#place);
    this.#write();
  }

  get doubt(): Doubt | undefined {
    return this.#doubt;
  }

  /** What was found out while the node runs. On disk when it returns. */
  note(isWhole: boolean): void {
    this.#doubt = isWhole ? undefined : (this.#doubt ?? "words-unknown");
    this.#write();
  }

  #write(): void {
    writeWhole(this.#path, `${this.#place} ${this.#doubt ?? noDoubt}\n`);
  }

  /** Undefined when there is none. What is not as it was written is a mark of nowhere. */
  #read(): Mark | undefined {
    if (!existsSync(this.#path)) return undefined;
    const [place = "", word] = readFileSync(this.#path, "utf8").trimEnd().split(" ");
    const doubt = doubts.find((each) => each === word);
    return doubt === undefined && word !== noDoubt ? { place: "" } : { place, doubt };
  }
}

const noDoubt = "whole";

function doubtOf(
  { hadKey, isLogEmpty }: MarkParts,
  mark: Mark | undefined,
  place: string,
): Doubt | undefined {
  if (mark === undefined) return hadKey && isLogEmpty ? "log-new" : undefined;
  if (mark.place !== place) return isLogEmpty ? "log-lost" : "log-copied";
  return mark.doubt;
}

/** A file keeps both for as long as it lives, wherever it is moved within its disk. */
function placeOf(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${ino}-${birthtimeNs}`;
}

/** For the people who run this node. */
export function describeDoubt(doubt: Doubt): string {
  const what = {
    "log-new": "log.db is new and the node's key is not",
    "log-copied": "log.db is a copy, such as one from a backup",
    "log-lost": "log.db is gone",
    "words-unknown": "other nodes know more of what this node said than its folder does",
  }[doubt];
  return `${what}: as a producer it may have said what it does not know of. It follows as an observer and takes part again when the other producers' answers make that safe`;
}
