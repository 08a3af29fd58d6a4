import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { pieceBytesMax, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import { batchBytesMax } from "./limits.ts";
import type { NetworkView } from "./network-view.ts";
import type { Package, PackagedService } from "./package.ts";

export type CodePlan = {
  readonly upload: readonly Action[];
  readonly switchOver: readonly Action[];
  readonly changed: readonly AccountName[];
  readonly removed: readonly AccountName[];
};

/**
 * Code that is short goes with the transaction in which it takes effect. Longer code is staged in pieces before, so
 * that all services of a package still change in one moment.
 */
export function codeActions({ services }: Package, view: NetworkView): CodePlan {
  const changed = services.filter(({ account, code }) => {
    return view.accounts.get(account)?.code?.codeHash !== sha256Hex(code);
  });
  const direct = changed.reduce((sum, { code }) => sum + code.length, 0) <= directBytesMax;
  const plans = changed.map((service) => (direct ? directly(service) : inPieces(service, view)));
  const removed = removedServices(services, view);
  return {
    upload: plans.flatMap(({ upload }) => upload),
    switchOver: [
      ...plans.map(({ set }) => set),
      ...removed.map((account) => packAction(account, setcodeInterface, "removeCode", {})),
    ],
    changed: changed.map(({ account }) => account),
    removed,
  };
}

/** Leaves as much room again for files and the script. */
const directBytesMax: number = batchBytesMax / 2;

type ServicePlan = { readonly upload: readonly Action[]; readonly set: Action };

function directly({ account, vm, code }: PackagedService): ServicePlan {
  return { upload: [], set: packAction(account, setcodeInterface, "setCode", { vm, code }) };
}

function inPieces({ account, vm, code }: PackagedService, view: NetworkView): ServicePlan {
  const hash = sha256Hex(code);
  const known = view.knownCodes.has(hash);
  const pieces = known ? [] : piecesOf(code);
  const staged = view.stagedPieces.get(account);
  const upload = pieces
    .filter((piece) => staged?.has(piece.hash) !== true)
    .map(({ data }) => packAction(account, setcodeInterface, "stage", { data }));
  const named = { vm, hash, pieces: pieces.map((piece) => piece.hash) };
  return { upload, set: packAction(account, setcodeInterface, "setCodeStaged", named) };
}

type Piece = { readonly hash: Checksum; readonly data: Uint8Array };

function piecesOf(code: Uint8Array): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < code.length; at += pieceBytesMax) {
    const data = code.subarray(at, at + pieceBytesMax);
    pieces.push({ hash: sha256Hex(data), data });
  }
  return pieces;
}

/** Services of the former version that the new one has no more. */
function removedServices(
  services: readonly PackagedService[],
  { accounts, previousManifest }: NetworkView,
): readonly AccountName[] {
  const kept = new Set(services.map(({ account }) => account));
  return (previousManifest?.services ?? []).filter((account) => {
    return !kept.has(account) && accounts.get(account)?.code !== undefined;
  });
}
