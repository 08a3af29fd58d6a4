import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { certificateCodec } from "@kith/protocol/certificates";
import { fromHex, toHex, zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf, nodeIdOf, termOf } from "@kith/protocol/ids";

import type { Alter } from "./lying-proxy.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a liar makes of a true answer, and the code with which a light client refuses it. */
export type Lie = {
  /** `known-row`: to somebody who knows the newest header. */
  readonly about: "row" | "known-row" | "event" | "changes" | "headers";
  readonly alter: Alter;
  readonly code: RegExp;
};

/** What was true once, for those who show it again. */
export type Recorded = { readonly row: Json; readonly otherEvent: Json };

/** More than a light client reads. */
const endlessChars = 17 * 1024 * 1024;

export function liesOf({ row: old, otherEvent }: Recorded): Readonly<Record<string, Lie>> {
  return {
    ...certificateLies,
    ...changeLies,
    "another row": row((answer) => ({ ...answer, row: flip(answer["row"]) }), /^not-proved$/),
    "no row": row((answer) => ({ ...answer, row: null }), /^not-proved$/),
    "a row that was": row(
      (answer) => ({ ...answer, row: old["row"], proof: old["proof"] }),
      /^not-proved$/,
    ),
    "everything as it was": {
      about: "known-row",
      alter: () => old,
      code: /^light-header-stale$/,
    },
    "another state at the height that is known": {
      about: "known-row",
      alter: (answer) => withState(answer, true),
      code: /^light-ancestor-wrong$/,
    },
    "an old certificate": row(
      (answer) => ({ ...answer, certificate: old["certificate"] }),
      /^certificate-of-another-(block|epoch)$/,
    ),
    "another state": row((answer) => withState(answer, false), /^certificate-of-another-block$/),
    "another state, and a certificate that names it": row(
      (answer) => withState(answer, true),
      /^certificate-(vote-elsewhere|links-broken)$/,
    ),
    "half an answer": row((answer) => JSON.stringify(answer).slice(0, 700), /^answer-not-json$/),
    "an answer without end": row(() => "[".padEnd(endlessChars), /^answer-too-large$/),
    "another event": {
      about: "event",
      alter: (answer) => ({ ...answer, proof: otherEvent["proof"] }),
      code: /^(other-event|not-proved)$/,
    },
    "an event with other contents": {
      about: "event",
      alter: (answer) => {
        const proof = objectOf(answer["proof"]);
        return { ...answer, proof: { ...proof, record: flip(proof["record"]) } };
      },
      code: /^not-proved$/,
    },
    "headers with a gap": {
      about: "headers",
      alter: (answer) => ({ headers: listOf(answer["headers"]).filter((_, at) => at !== 1) }),
      code: /^light-ancestor-wrong$/,
    },
    "headers in another order": {
      about: "headers",
      alter: (answer) => ({ headers: listOf(answer["headers"]).toReversed() }),
      code: /^light-header-stale$/,
    },
  };
}

function row(alter: Alter, code: RegExp): Lie {
  return { about: "row", alter, code };
}

function certified(make: (certificate: Certificate) => Certificate, code: RegExp): Lie {
  return row((answer) => {
    const certificate = make(certificateOf(answer));
    return { ...answer, certificate: toHex(certificateCodec.pack(certificate)) };
  }, code);
}

const certificateLies: Readonly<Record<string, Lie>> = {
  "a forged signature": certified(
    ({ votes, ...rest }) => ({
      ...rest,
      votes: votes.map(({ signature, ...vote }, at) => ({
        ...vote,
        signature: at === 0 ? signature.map((byte) => byte ^ 1) : signature,
      })),
    }),
    /^certificate-vote-forged$/,
  ),
  "one signer twice": certified(
    ({ votes, ...rest }) => ({ ...rest, votes: votes.flatMap((vote) => [vote, vote]) }),
    /^certificate-votes-unordered$/,
  ),
  "too few signers": certified(
    ({ votes, ...rest }) => ({ ...rest, votes: votes.slice(0, 2) }),
    /^certificate-(without-quorum|links-spare)$/,
  ),
  "a signer who is no producer": certified(
    ({ votes, ...rest }) => ({
      ...rest,
      votes: votes.map((vote, at) =>
        at === votes.length - 1 ? { ...vote, node: nodeIdOf("f".repeat(64)) } : vote,
      ),
    }),
    /^certificate-vote-of-stranger$/,
  ),
  "another term": certified(
    (certificate) => ({ ...certificate, term: termOf(certificate.term + 1) }),
    /^certificate-of-another-term$/,
  ),
  "another epoch": certified(
    (certificate) => ({ ...certificate, epoch: blockNumOf(certificate.epoch + 1) }),
    /^certificate-of-another-epoch$/,
  ),
  "a vote for another block": certified(({ votes, ...rest }) => {
    const [first, ...others] = votes;
    if (first === undefined) throw new Error("nobody voted");
    const elsewhere = { ...first.committed, num: blockNumOf(first.committed.num + 999) };
    return { ...rest, votes: [{ ...first, committed: elsewhere }, ...others] };
  }, /^certificate-vote-elsewhere$/),
  "nobody signed": row(
    (answer) => ({ ...answer, certificate: null }),
    /^light-certificate-missing$/,
  ),
};

/** The same producers may have come back since. */
const leftOut = /^(light-change-missing|certificate-of-another-epoch)$/;

/** They are told to a client that knows the genesis block only, of a network that has had several changes. */
const changeLies: Readonly<Record<string, Lie>> = {
  "no changes": changes(() => [], leftOut),
  "the first change left out": changes((all) => all.slice(1), leftOut),
  "the last change left out": changes((all) => all.slice(0, -1), leftOut),
  "changes in another order": changes((all) => all.toReversed(), leftOut),
  "a change whose producers nobody signed for": changes((all) => {
    const [first, ...others] = all.map(objectOf);
    return [{ ...first, certificate: others[0]?.["certificate"] }, ...others];
  }, /^certificate-of-another-(block|epoch)$/),
  "another network": {
    about: "changes",
    alter: (answer) => ({ ...answer, genesis: withOtherBytes(objectOf(answer["genesis"])) }),
    code: /^light-genesis-wrong$/,
  },
};

function changes(make: (all: readonly unknown[]) => readonly unknown[], code: RegExp): Lie {
  const alter: Alter = (answer) => ({ ...answer, changes: make(listOf(answer["changes"])) });
  return { about: "changes", alter, code };
}

function withState(answer: Json, isRelabelled: boolean): Json {
  const header = { ...headerOf(objectOf(answer["header"])), stateRoot: zeroChecksum };
  const bytes = toHex(headerCodec.pack(header));
  const certificate = certificateOf(answer);
  const named = isRelabelled ? { ...certificate, id: blockIdOfHeader(header) } : certificate;
  const packed = toHex(certificateCodec.pack(named));
  return { ...answer, header: { num: header.blockNum, bytes }, certificate: packed };
}

function withOtherBytes(header: Json): Json {
  const other = { ...headerOf(header), time: 1 };
  return { ...header, bytes: toHex(headerCodec.pack(other)) };
}

function headerOf({ bytes }: Json) {
  const header = headerCodec.unpack(bytesOf(bytes));
  if (!header.ok) throw new Error("no header");
  return header.value;
}

function certificateOf(answer: Json): Certificate {
  const certificate = certificateCodec.unpack(bytesOf(answer["certificate"]));
  if (!certificate.ok) throw new Error("no certificate");
  return certificate.value;
}

/** The same bytes but for one bit of the last. */
function flip(hex: unknown): string {
  const bytes = Uint8Array.from(bytesOf(hex));
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return toHex(bytes);
}

function bytesOf(hex: unknown): Uint8Array {
  const bytes = fromHex(String(hex));
  if (!bytes.ok) throw new Error(`not hex: ${String(hex).slice(0, 80)}`);
  return bytes.value;
}

function objectOf(json: unknown): Json {
  if (typeof json !== "object" || json === null) throw new Error("no object");
  return { ...json };
}

function listOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error("no list");
  return json;
}
