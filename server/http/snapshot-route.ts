import { errorAnswer } from "./error-answer.ts";
import type { SnapshotPort } from "./snapshot-port.ts";

/** A snapshot as a file: made when somebody asks, which takes as long as it takes. */
export async function answerSnapshot(snapshots: SnapshotPort | undefined): Promise<Response> {
  const snapshot = await snapshots?.make();
  if (snapshot === undefined) return errorAnswer({ code: "snapshot-not-made" });
  const { num, sizeBytes, body } = snapshot;
  return new Response(body, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": `${sizeBytes}`,
      "content-disposition": `attachment; filename="kith-${num}.snapshot"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
