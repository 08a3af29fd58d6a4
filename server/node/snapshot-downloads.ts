import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import type { SnapshotPort } from "@kith/http/snapshot-port";
import type { CompleteSnapshot } from "@kith/replica/ports";
import type { Replica } from "@kith/replica/replica";
import { handedOutFolder, snapshotName } from "@kith/snapshots/folders";

const readBytes = 1024 * 1024;

/** Snapshots for the people of a node, as files. */
export function snapshotDownloads(
  folder: string,
  replica: () => Pick<Replica, "makeSnapshot"> | undefined,
): SnapshotPort {
  return {
    async make() {
      const running = replica();
      if (running === undefined) return undefined;
      const complete = await new Promise<CompleteSnapshot | undefined>((done) => {
        running.makeSnapshot(done);
      });
      if (complete === undefined) return undefined;
      // Whoever has it open reads on, also when another takes its place.
      const file = await open(join(handedOutFolder(folder), snapshotName), "r");
      const { size } = await file.stat();
      const num = complete.manifest.block.header.blockNum;
      return { num, sizeBytes: size, body: streamOf(file) };
    },
  };
}

function streamOf(file: FileHandle): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(readBytes), 0, readBytes);
      if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
      await file.close();
      controller.close();
    },
    cancel: () => file.close(),
  });
}
