import { randomBytes } from "node:crypto";

import { ed25519PublicKey, ed25519Signer } from "@kith/protocol/ed25519";
import { bytes, object } from "@kith/protocol/fracpack";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { AccountName, BlockId } from "@kith/protocol/ids";
import { ed25519Spki } from "@kith/protocol/keys";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import {
  packSigned,
  signingMessage,
  transactionCodec,
  transactionIdOfPacked,
} from "@kith/protocol/transactions";
import { packAction } from "@kith/sdk/transaction";
import { tokens } from "@kith/tokens/service";

import type { Client } from "./closed-loop.ts";
import { valueBytes } from "./etcd-client.ts";
import { HttpConnection } from "./http-connection.ts";
import type { KithTarget } from "./job.ts";

const expirationSeconds = 3600;
const sites = accountNameConstant("sites");
const verifySig = accountNameConstant("verify-sig");
const putChunk = methodNameConstant("putChunk");
const putChunkArguments = object({ data: bytes });

/** The block that a transaction refers to; its full id is part of what is signed. */
type Reference = { readonly refBlockIndex: number; readonly refBlockId: BlockId };

/** Signs and pushes transactions of one account; every one of them waits until it is final. */
export async function openKithClient(target: KithTarget, client: number): Promise<Client> {
  const own = target.accounts[client];
  if (own === undefined) throw new Error(`there is no account for client ${client}`);
  const connection = await HttpConnection.open(target.port);
  const signer = new TransactionSigner(bytesOfTrustedHex(own.secretKey));
  const nextAction = actionsOf(target, client);
  // Not the newest block: that is forgotten while a transaction waits for its turn on a busy machine.
  const reference = await fetchReference(connection, target);
  const host = `transact.${target.rootHost}:${target.port}`;
  return {
    send: async () => {
      const packed = signer.sign([nextAction()], reference);
      const answer = await connection.request(pushRequest(host, packed));
      if (answer.status === 200) return;
      throw new Error(`Kith: ${answer.status} ${Buffer.from(answer.body).toString()}`);
    },
    close: () => connection.close(),
  };
}

const parseReference: (text: string) => Reference = JSON.parse;

export async function fetchReference(
  connection: HttpConnection,
  { rootHost, port }: { readonly rootHost: string; readonly port: number },
): Promise<Reference> {
  const head = `GET /common/tapos/head HTTP/1.1\r\nhost: ${rootHost}:${port}\r\n\r\n`;
  const { status, body } = await connection.request(Buffer.from(head));
  if (status !== 200) throw new Error(`Kith does not say what to refer to: ${status}`);
  const { refBlockIndex, refBlockId } = parseReference(Buffer.from(body).toString());
  return { refBlockIndex, refBlockId };
}

export function pushRequest(host: string, packed: Uint8Array): Buffer {
  const head = [
    "POST /push_transaction HTTP/1.1",
    `host: ${host}`,
    "content-type: application/octet-stream",
    "accept: application/json",
    `content-length: ${packed.length}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), packed]);
}

/** What one client does again and again; no two of its actions are the same bytes. */
function actionsOf({ accounts, tokenId }: KithTarget, client: number): () => Action {
  const sender = accountNameConstant(accounts[client]?.account ?? "");
  if (tokenId === undefined) {
    return () => storeValue(sender, Uint8Array.from(randomBytes(valueBytes)));
  }
  const debitor = accountNameConstant(accounts[(client + 1) % accounts.length]?.account ?? "");
  return () => {
    const memo = randomBytes(8).toString("hex");
    return packAction(sender, tokens, "credit", { tokenId, debitor, amount: 1n, memo });
  };
}

export function storeValue(sender: AccountName, data: Uint8Array): Action {
  return { sender, service: sites, method: putChunk, rawData: putChunkArguments.pack({ data }) };
}

/** Signs with one key: what a client does for each transaction. */
export class TransactionSigner {
  readonly #sign: (message: Uint8Array) => Uint8Array;
  readonly publicKey: Uint8Array;

  constructor(secretKey: Uint8Array) {
    this.#sign = ed25519Signer(secretKey);
    this.publicKey = ed25519Spki(ed25519PublicKey(secretKey));
  }

  /** The packed SignedTransaction. */
  sign(actions: readonly Action[], { refBlockIndex, refBlockId }: Reference): Uint8Array {
    const expiration = Math.floor(Date.now() / 1000) + expirationSeconds;
    const transaction = transactionCodec.pack({
      tapos: { expiration, flags: 0, refBlockIndex },
      actions,
      claims: [{ service: verifySig, rawData: this.publicKey }],
    });
    const message = signingMessage(transactionIdOfPacked(transaction), refBlockId);
    return packSigned({ transaction, proofs: [this.#sign(message)] });
  }
}
