import type { AccountName } from "@kith/protocol/ids";
import type { Claim } from "@kith/protocol/transaction";
import type { AddedClaim, CallContext } from "@kith/sdk/plugin-host";
import { authFunctions as auth } from "@kith/sdk/plugins/auth";
import { finishSigning, prepareSigning } from "@kith/sdk/transaction";

import type { Gathered } from "../machine/effects.ts";
import { Failure } from "./failure.ts";
import { keysMade } from "./keys-made.ts";
import type { ReferenceBlock } from "./reference.ts";
import type { SignedWrite } from "./writes.ts";

/** Calls a plugin in the supervisor's own name; throws `Failure`. */
export type CallPlugin = (
  call: { readonly callee: AccountName; readonly method: string; readonly args: Uint8Array },
  about: CallContext,
) => Promise<Uint8Array>;

type SigningPort = {
  readonly reference: ReferenceBlock;
  readonly authServiceOf: (account: AccountName) => Promise<AccountName>;
  /** Of this browser, as SPKI. */
  readonly keyOf: (account: AccountName) => Promise<Uint8Array>;
  readonly callPlugin: CallPlugin;
  /** Another one each time. */
  readonly nextExpiration: () => Promise<number>;
};

/**
 * Makes one signed transaction of what a call has gathered: its accounts' auth plugins say what has to be claimed, and
 * whoever added a claim proves it.
 */
export async function signGathered(
  port: SigningPort,
  { actions, claims: added, effects }: Gathered,
  about: CallContext,
): Promise<SignedWrite> {
  const surroundings = Promise.all([port.reference.take(), port.nextExpiration()]);
  surroundings.catch(() => undefined);
  const senders = new Set(actions.map(({ action }) => action.sender));
  const claims = [...added];
  // Whoever is not signed in here has proved himself by a claim that a plugin added.
  if (about.user !== undefined && senders.has(about.user)) {
    claims.push(...(await claimsOf(port, about.user, about)));
  }
  const [{ refBlockIndex, refBlockId }, expiration] = await surroundings;
  const transaction = {
    tapos: { expiration, flags: 0, refBlockIndex },
    actions: actions.map(({ action }) => action),
    claims: claims.map(({ claim }) => claim),
  };
  const unsigned = prepareSigning(transaction, refBlockId);
  const proofs: Uint8Array[] = [];
  for (const claim of claims)
    proofs.push(await prove(port, claim, { message: unsigned.message, about }));
  const { id, bytes } = finishSigning(unsigned, proofs);
  return {
    id,
    app: about.app,
    ...(about.user === undefined ? {} : { user: about.user }),
    isRepeatable: added.length === 0 && keysMade(effects).length === 0,
    bytes,
    actions: actions.map(({ action }) => `${action.service}::${action.method}`),
    effects: effects.map(({ host, method, args }) => ({ host, method, args })),
  };
}

async function claimsOf(
  { authServiceOf, keyOf, callPlugin }: SigningPort,
  account: AccountName,
  about: CallContext,
): Promise<readonly AddedClaim[]> {
  const [prover, key] = await Promise.all([authServiceOf(account), keyOf(account)]);
  const args = auth.claims.args.pack({ account, key });
  const packed = await callPlugin({ callee: prover, method: "claims", args }, about);
  const claims = auth.claims.result.unpack(packed);
  if (!claims.ok) throw new Failure("plugin-failed", `the plugin of ${prover} gave no claims`);
  return claims.value.map((claim: Claim) => ({ claim, prover }));
}

async function prove(
  { callPlugin }: SigningPort,
  { claim, prover, kept }: AddedClaim,
  { message, about }: { readonly message: Uint8Array; readonly about: CallContext },
): Promise<Uint8Array> {
  const args = auth.prove.args.pack({
    claim,
    message,
    ...(kept === undefined ? {} : { kept }),
  });
  const packed = await callPlugin({ callee: prover, method: "prove", args }, about);
  const proof = auth.prove.result.unpack(packed);
  if (!proof.ok) throw new Failure("plugin-failed", `the plugin of ${prover} gave no proof`);
  return proof.value;
}
