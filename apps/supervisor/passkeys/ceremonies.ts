import { parseAccountName } from "@kith/protocol/names";
import { packText, unpackText } from "@kith/protocol/texts";
import type { ChosenPasskey } from "@kith/sdk/plugin-host";
import { passkeyClaim, passkeyProof } from "@kith/sdk/web-authn";

import { Failure } from "../core/failure.ts";
import type { PasskeyTask } from "./passkey-task.ts";

/** Of what WebAuthn calls COSE algorithms: ECDSA over P-256 with SHA-256. */
const es256 = -7;
const timeoutMs = 120_000;

/**
 * What a browser does with passkeys, in a window at the top. They are for this origin alone: a passkey of the root host could be
 * asked for by every app's page, which is below it as well.
 */
export function runCeremony(task: PasskeyTask): Promise<Uint8Array | ChosenPasskey> {
  switch (task.kind) {
    case "create":
      return create(task);
    case "prove":
      return prove(task.message);
    case "choose":
      return choose();
  }
}

async function create({
  account,
  networkName,
}: Extract<PasskeyTask, { readonly kind: "create" }>): Promise<Uint8Array> {
  const credential = await made(
    navigator.credentials.create({
      publicKey: {
        rp: { id: location.hostname, name: networkName },
        user: { id: new Uint8Array(packText(account)), name: account, displayName: account },
        // What is signed later is what counts; this ceremony only makes the key.
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: [{ type: "public-key", alg: es256 }],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        timeout: timeoutMs,
      },
    }),
  );
  const { response } = credential;
  if (!(response instanceof AuthenticatorAttestationResponse)) throw noPasskey();
  const publicKey = response.getPublicKey();
  if (publicKey === null) throw noPasskey();
  const claim = passkeyClaim({
    key: new Uint8Array(publicKey),
    rpId: location.hostname,
    origin: location.origin,
    userVerification: true,
  });
  if (claim === undefined) throw noPasskey();
  return claim.rawData;
}

/** Which of somebody's passkeys it is, is theirs to choose: the network checks the proof against the claim. */
async function prove(message: Uint8Array): Promise<Uint8Array> {
  return proofOf(await assert(new Uint8Array(message)));
}

async function choose(): Promise<ChosenPasskey> {
  const message = crypto.getRandomValues(new Uint8Array(32));
  const response = await assert(message);
  const { userHandle } = response;
  const text = userHandle === null ? undefined : unpackText(new Uint8Array(userHandle));
  const account = parseAccountName(text ?? "");
  if (!account.ok) throw noPasskey();
  return { account: account.value, message, proof: proofOf(response) };
}

async function assert(challenge: Uint8Array<ArrayBuffer>): Promise<AuthenticatorAssertionResponse> {
  const credential = await made(
    navigator.credentials.get({
      publicKey: {
        rpId: location.hostname,
        challenge,
        userVerification: "required",
        timeout: timeoutMs,
      },
    }),
  );
  const { response } = credential;
  if (!(response instanceof AuthenticatorAssertionResponse)) throw noPasskey();
  return response;
}

function proofOf(response: AuthenticatorAssertionResponse): Uint8Array {
  const proof = passkeyProof({
    authenticatorData: new Uint8Array(response.authenticatorData),
    clientDataJson: new Uint8Array(response.clientDataJSON),
    signature: new Uint8Array(response.signature),
  });
  if (proof === undefined) throw noPasskey();
  return proof;
}

async function made(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : "";
    const isDismissed = name === "NotAllowedError" || name === "AbortError";
    if (isDismissed) throw new Failure("passkey-dismissed", "no passkey was given");
    throw new Failure("passkey-unavailable", `this browser gives no passkey: ${name}`);
  }
  throw noPasskey();
}

function noPasskey(): Failure {
  return new Failure("passkey-unavailable", "this browser gave something else than a passkey");
}
