import { ed25519Signer } from "@kith/protocol/ed25519";
import { decodeNodeMessage, encodeNodeMessage } from "@kith/protocol/node-messages";
import { prepareTransaction } from "@kith/protocol/transactions";
import { isSignedByNode, voteStatement } from "@kith/protocol/vote";
import { nativeVerifier } from "@kith/replica/native-verifier";
import type { SignatureCheck } from "@kith/replica/ports";
import { publicKeyOf } from "@kith/sdk/transaction";

import type { Costs, Linear, MessageKind, Micros } from "./costs.ts";
import { measureExecution } from "./measure-execution.ts";
import { measureLinks } from "./measure-links.ts";
import { measureLog } from "./measure-log.ts";
import {
  manyTransactions,
  sampleBlock,
  sampleChain,
  sampleMessages,
  sampleTransaction,
  sampleTransactions,
  sampleVote,
  sampledKinds,
  type SampledKind,
} from "./samples.ts";
import { cpuTimeOf, lineOf, timeOf } from "./stopwatch.ts";

/** The product's own functions on this machine. `folder` is on the disk whose log is measured. */
export async function measureCosts(folder: string): Promise<Costs> {
  const statement = voteStatement(sampleChain.id, sampleVote());
  const sign = ed25519Signer(new Uint8Array(32).fill(7));
  const { node, signature } = sampleVote();
  const transaction = sampleTransaction(300);
  const encode = new Map<MessageKind, Linear>(
    sampledKinds.map((kind) => [kind, measureEncode(kind)]),
  );
  const decode = new Map<MessageKind, Linear>(
    sampledKinds.map((kind) => [kind, measureDecode(kind)]),
  );
  const links = await measureLinks((kind) => lineFor(decode, kind));
  return {
    sign: timeOf(() => sign(statement)),
    verify: timeOf(() => isSignedByNode(node, statement, signature)),
    transactionVerify: await measureTransactionVerify(),
    transactionPrepare: timeOf(() => prepareTransaction(transaction)),
    execute: await measureExecution(folder),
    encode: (kind) => lineFor(encode, kind),
    decode: (kind) => lineFor(decode, kind),
    linkSend: links,
    linkReceive: links,
    seal: measureSeal(),
    persist: await measureLog(folder),
  };
}

/** What was not measured is as small as a confirm. */
function lineFor(lines: ReadonlyMap<MessageKind, Linear>, kind: MessageKind): Linear {
  const line = lines.get(kind) ?? lines.get("confirm");
  if (line === undefined) throw new Error("confirms were measured");
  return line;
}

function measureEncode(kind: SampledKind): Linear {
  return lineOfMessages(
    sampleMessages(kind).map((message) => ({
      sizeBytes: encodeNodeMessage(message).length,
      run: () => encodeNodeMessage(message),
    })),
  );
}

/** With what a decoder does for blocks: ids and Merkle roots. */
function measureDecode(kind: SampledKind): Linear {
  return lineOfMessages(
    sampleMessages(kind).map((message) => {
      const bytes = encodeNodeMessage(message);
      const decoded = decodeNodeMessage(bytes);
      if (!decoded.ok) throw new Error(`${kind}: ${decoded.error.code}`);
      return { sizeBytes: bytes.length, run: () => decodeNodeMessage(bytes) };
    }),
  );
}

function lineOfMessages(
  sizes: readonly { readonly sizeBytes: number; readonly run: () => unknown }[],
): Linear {
  const [small, large] = sizes;
  if (small === undefined) throw new Error("there is a sample of each kind");
  if (large === undefined) return { base: timeOf(small.run), perKb: 0 };
  return lineOf([small, large]);
}

function measureSeal(): Linear {
  const transactions = sampleTransactions(manyTransactions);
  const one = transactions.slice(0, 1);
  return lineOf([
    { sizeBytes: sizeOf(one), run: () => sampleBlock(one) },
    { sizeBytes: sizeOf(transactions), run: () => sampleBlock(transactions) },
  ]);
}

function sizeOf(transactions: readonly Uint8Array[]): number {
  return transactions.reduce((sum, { length }) => sum + length, 0);
}

/** As admission checks proofs: on the runtime's threads, with keys that are ready. */
async function measureTransactionVerify(): Promise<Micros> {
  const secretKey = new Uint8Array(32).fill(7);
  const message = new Uint8Array(68).fill(1);
  const signature = ed25519Signer(secretKey)(message);
  const check: SignatureCheck = { message, publicKey: publicKeyOf(secretKey), signature };
  const verifier = nativeVerifier();
  const checkAll = (): Promise<void> =>
    new Promise((done, fail) => {
      let left = checksMeasured;
      for (let at = 0; at < checksMeasured; at += 1) {
        verifier.verify([check], (valid) => {
          if (!valid) fail(new Error("a good signature was refused"));
          left -= 1;
          if (left === 0) done();
        });
      }
    });
  await checkAll();
  return cpuTimeOf(checksMeasured, checkAll);
}

const checksMeasured = 2_000;
