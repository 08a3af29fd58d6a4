import type { LightError } from "@kith/protocol/light-client";
import type { FolderFault } from "@kith/snapshots/load-folder";
import type { VerifyError } from "@kith/snapshots/verify-file";

import { describeLightFault } from "./light-fault.ts";

/** Why a file is not the snapshot that it should be. */
type SnapshotFault = VerifyError;

type OwnCode = Exclude<SnapshotFault["code"], LightError["code"]>;

const damaged = "bytes of it were changed; copy it again";

const sentences: Readonly<Record<OwnCode, string>> = {
  "snapshot-file-unreadable": "it cannot be read",
  "snapshot-file-foreign": "it is no snapshot",
  "snapshot-file-too-new": "a later release of Kith has written it",
  "snapshot-file-truncated": "a part of it is missing; copy it again",
  "snapshot-file-damaged": damaged,
  "manifest-too-large": damaged,
  "manifest-malformed": damaged,
  "snapshot-of-other-chain": "it is of another network",
  "snapshot-unsigned": "nobody has signed it",
  "snapshot-not-newer": "more is known already than it holds",
  "snapshot-root-not-proved": "its state is not the one that the producers have signed",
  "snapshot-chunk-wrong": "rows of it are not what the producers have signed; copy it again",
  "snapshot-ends-early": "chunks are missing at its end",
  "snapshot-event-root-differs": "its events are not what the producers have signed",
};

function describeSnapshotFault(fault: SnapshotFault): string {
  return isLight(fault) ? describeLightFault(fault) : sentences[fault.code];
}

function isLight(fault: SnapshotFault): fault is LightError {
  return !Object.hasOwn(sentences, fault.code);
}

/** Everything that commands about snapshots tell beside what all commands tell. */
export type SnapshotCliError =
  | {
      readonly code: "snapshot-not-believed";
      readonly path: string;
      readonly fault: SnapshotFault;
    }
  | { readonly code: "folder-not-made"; readonly folder: string; readonly fault: FolderFault }
  | { readonly code: "download-failed"; readonly path: string; readonly reason: string };

export function describeSnapshotError(error: SnapshotCliError): string {
  switch (error.code) {
    case "snapshot-not-believed":
      return `${error.path} is not believed: ${describeSnapshotFault(error.fault)} (${error.fault.code}).`;
    case "folder-not-made":
      return `${error.folder} was not made: ${describeFolderFault(error.fault)} (${error.fault.code}).`;
    case "download-failed":
      return `${error.path} was not written (${error.reason}).\nRun the same command again.`;
  }
}

function describeFolderFault(fault: FolderFault): string {
  switch (fault.code) {
    case "folder-not-fresh":
      return "a node was started there before, and its log holds what it has promised; choose an empty folder";
    case "folder-in-use":
      return "a node, or another command, works there just now";
    case "log-not-made":
      return `its log.db cannot be written (${fault.why}); choose an empty folder`;
  }
}
