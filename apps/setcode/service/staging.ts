import { abort, check } from "@kith/sdk/abort";
import { concatBytes, toHex } from "@kith/sdk/bytes";
import type { ActionContext } from "@kith/sdk/context";
import { codeBytesMax, pieceBytesMax } from "@kith/sdk/system/setcode";
import { checksumOf, type AccountName, type Checksum } from "@kith/sdk/types";

import { stagedBytesMax, stagedDroppedAtOnce, stagedMicrosMax, stagedPiecesMax } from "./limits.ts";
import { pieces, staged, type StagedRow } from "./tables.ts";

/** Keeps a piece of code for the account that sent it. A piece that is there already stays as long as it would have. */
export function stagePiece(context: ActionContext, data: Uint8Array): Checksum {
  check(data.length > 0, "piece-empty", "a piece of code has content");
  if (data.length > pieceBytesMax) {
    abort("piece-too-long", `a piece of ${data.length} bytes; at most ${pieceBytesMax}`);
  }
  const account = context.sender;
  dropExpired(context);
  const hash = checksumOf(toHex(context.sha256(data)));
  const waiting = stagedBy(context, account);
  if (waiting.some((row) => row.hash === hash)) return hash;
  const stagedBytes = waiting.reduce((sum, row) => sum + row.sizeBytes, data.length);
  if (waiting.length >= stagedPiecesMax || stagedBytes > stagedBytesMax) {
    abort(
      "too-much-staged",
      `install or unstage what waits first: at most ${stagedPiecesMax} pieces and ${stagedBytesMax} bytes`,
    );
  }
  const row = { account, hash, sizeBytes: data.length, since: context.blockTime };
  context.table(staged).put(row);
  context.table(pieces).put({ account, hash, data });
  return hash;
}

/** The pieces together; they are no longer staged. */
export function takePieces(context: ActionContext, hashes: readonly Checksum[]): Uint8Array {
  const account = context.sender;
  check(hashes.length <= stagedPiecesMax, "too-many-pieces", `at most ${stagedPiecesMax} pieces`);
  let sizeBytes = 0;
  const parts = hashes.map((hash) => {
    const piece = context.table(pieces).get({ account, hash });
    if (piece === undefined) abort("piece-missing", `stage piece ${hash} first`);
    sizeBytes += piece.data.length;
    if (sizeBytes > codeBytesMax) abort("code-too-long", `at most ${codeBytesMax} bytes of code`);
    return piece.data;
  });
  for (const hash of hashes) drop(context, { account, hash });
  return concatBytes(...parts);
}

export function dropAllStaged(context: ActionContext): void {
  for (const row of stagedBy(context, context.sender)) drop(context, row);
}

function stagedBy(context: ActionContext, account: AccountName): readonly StagedRow[] {
  return context.table(staged).range({ prefix: { account }, limit: stagedPiecesMax });
}

/** Of every account: nobody has to come back for his pieces to go. */
function dropExpired(context: ActionContext): void {
  const expiredTo = Math.max(0, context.blockTime - stagedMicrosMax);
  const expired = context
    .table(staged)
    .range({ index: "bySince", to: { since: expiredTo }, limit: stagedDroppedAtOnce });
  for (const row of expired) drop(context, row);
}

function drop(
  context: ActionContext,
  { account, hash }: Pick<StagedRow, "account" | "hash">,
): void {
  context.table(staged).remove({ account, hash });
  context.table(pieces).remove({ account, hash });
}
