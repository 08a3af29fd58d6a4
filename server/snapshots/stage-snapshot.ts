import type { SnapshotError } from "@kith/chain/errors";
import { loadSnapshot } from "@kith/chain/load-snapshot";
import type { Applied, ServiceMachine } from "@kith/chain/ports";
import { systemAccounts } from "@kith/chain/system-accounts";
import type { Result } from "@kith/protocol/result";
import type { SnapshotManifest } from "@kith/protocol/snapshot-manifest";
import { StagedState } from "@kith/store/staged-state";

type StageOptions = {
  /** Where the new state.db is made. */
  readonly folder: string;
  readonly machine: ServiceMachine;
  readonly manifest: SnapshotManifest;
  /** In their order. */
  readonly chunks: Iterable<Uint8Array>;
};

/** Makes a state.db of a snapshot, on the disk when this returns. Each chunk is checked against the manifest's root. */
export function stageSnapshot(options: StageOptions): Result<Applied, SnapshotError> {
  const { folder, machine, manifest, chunks } = options;
  const state = new StagedState({
    folder,
    isNeededFirst: (service) => service === systemAccounts.setcode,
  });
  try {
    const applied = appliedOf(manifest);
    return loadSnapshot({ state, machine }, { applied, chunks, block: manifest.block });
  } finally {
    state.close();
  }
}

export function appliedOf({ block, stateRoot, eventRoot }: SnapshotManifest): Applied {
  const { blockNum, time } = block.header;
  return { num: blockNum, id: block.id, time, stateRoot, eventRoot };
}
