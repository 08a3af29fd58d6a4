import { checkChunk } from "@kith/chain/check-chunk";
import type { SnapshotError } from "@kith/chain/errors";
import type { Checkpoint } from "@kith/protocol/checkpoint";
import type { BlockId } from "@kith/protocol/ids";
import { followGenesis } from "@kith/protocol/light-client";
import { err, ok, type Result } from "@kith/protocol/result";
import { verifySnapshotProof, type SnapshotProofError } from "@kith/protocol/snapshot-proof";

import { openSnapshotFile, type SnapshotFile, type SnapshotFileError } from "./snapshot-file.ts";

/** What is believed before anything of the file is: the id of the network, or what was proved of it before. */
export type Trusted = BlockId | Checkpoint;

export type VerifyError = SnapshotFileError | SnapshotProofError | SnapshotError;

/** Opens a file whose manifest a quorum of the trusted network's producers has signed. Its chunks are not looked at. */
export function openProvedFile(path: string, trusted: Trusted): Result<SnapshotFile, VerifyError> {
  const opened = openSnapshotFile(path);
  if (!opened.ok) return opened;
  const proved = prove(opened.value, trusted);
  if (proved.ok) return opened;
  opened.value.close();
  return proved;
}

function prove(file: SnapshotFile, trusted: Trusted): Result<undefined, SnapshotProofError> {
  if (typeof trusted !== "string") return verifySnapshotProof(file.manifest, trusted);
  const { chain } = file.manifest;
  if (chain !== trusted) return err({ code: "snapshot-of-other-chain", chain, expected: trusted });
  const genesis = followGenesis(trusted, file.genesis.header);
  if (!genesis.ok) return genesis;
  return verifySnapshotProof(file.manifest, genesis.value.checkpoint);
}

/** Whether every chunk of a proved file is what its root says; `onChunk` hears how many are checked. */
export function verifyChunks(
  file: SnapshotFile,
  onChunk: (checked: number) => void,
): Result<undefined, SnapshotError> {
  const { manifest } = file;
  for (let at = 0; at < manifest.chunks.count; at++) {
    const fault = checkChunk(manifest, at, file.chunk(at));
    if (fault !== undefined) return err(fault);
    onChunk(at + 1);
  }
  return ok(undefined);
}
