import { bytesOfTrustedHex, concatBytes, toHex } from "@kith/protocol/hashes";
import type { BlockId, NodeId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import { proveIdentity, provenNode, type Identity } from "./identity.ts";
import { handshakeMessageBytesMax, noiseMessageBytesMax, processIdBytes } from "./limits.ts";
import type { CipherState } from "./noise/cipher-state.ts";
import {
  Handshake,
  keyPairOf,
  type KeyPair,
  type NoiseError,
  type Role,
} from "./noise/handshake.ts";

/** The version of everything below: the hello, the handshake, the frames. */
const linkVersion = 2;
const helloBytes = 2 + 32;

export type SessionError =
  | NoiseError
  | { readonly code: "handshake-too-long"; readonly sizeBytes: number }
  | { readonly code: "version-unknown"; readonly ours: number; readonly theirs: number }
  | { readonly code: "wrong-chain"; readonly ours: string; readonly theirs: string }
  | { readonly code: "identity-not-proven" }
  | { readonly code: "frame-too-long"; readonly sizeBytes: number };

export type SessionOptions = {
  readonly role: Role;
  readonly identity: Identity;
  readonly staticKey: KeyPair;
  /** `processIdBytes`, new at every start of the process. */
  readonly processId: Uint8Array;
  readonly chainId: BlockId;
  readonly randomBytes: (count: number) => Uint8Array;
};

/** What a handshake message led to: perhaps an answer, perhaps a proven peer. */
export type HandshakeStep = { readonly reply?: Uint8Array; readonly remote?: Remote };

/** Who speaks, and which of the processes that have its key. */
export type Remote = { readonly node: NodeId; readonly processId: string };

/**
 * The handshake and then the two ciphers of one connection. The hello in the first message is readable, so that the
 * wrong chain or version is told in words; the prologue binds both, so that nobody can change them on the way.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #handshake: Handshake;
  #greeted = false;
  #ciphers: { readonly send: CipherState; readonly receive: CipherState } | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#handshake = new Handshake({
      role: options.role,
      prologue: concatBytes(new TextEncoder().encode("kith link "), helloOf(options.chainId)),
      staticKey: options.staticKey,
      ephemeralKey: keyPairOf(options.randomBytes(32)),
    });
  }

  /** The initiator's first message. */
  start(): Result<Uint8Array, SessionError> {
    return this.#handshake.write(() => helloOf(this.#options.chainId));
  }

  /** Takes the next message of the handshake; not called any more once a step has named the peer. */
  advance(message: Uint8Array): Result<HandshakeStep, SessionError> {
    if (message.length > handshakeMessageBytesMax) {
      return err({ code: "handshake-too-long", sizeBytes: message.length });
    }
    if (this.#options.role === "responder" && !this.#greeted) {
      this.#greeted = true;
      return this.#answerHello(message);
    }
    const remote = this.#readProof(message);
    if (!remote.ok) return remote;
    const reply = this.#options.role === "initiator" ? this.#writeProof() : undefined;
    if (reply?.ok === false) return reply;
    this.#ciphers = this.#handshake.split();
    return ok(
      reply === undefined ? { remote: remote.value } : { reply: reply.value, remote: remote.value },
    );
  }

  get exhausted(): boolean {
    const { send, receive } = this.#afterHandshake();
    return send.exhausted || receive.exhausted;
  }

  seal(record: Uint8Array): Uint8Array {
    return this.#afterHandshake().send.encrypt(record);
  }

  open(frame: Uint8Array): Result<Uint8Array, SessionError> {
    if (frame.length > noiseMessageBytesMax) {
      return err({ code: "frame-too-long", sizeBytes: frame.length });
    }
    const record = this.#afterHandshake().receive.decrypt(frame);
    return record === undefined ? err({ code: "not-authentic" }) : ok(record);
  }

  #answerHello(message: Uint8Array): Result<HandshakeStep, SessionError> {
    const read = this.#handshake.read(message);
    if (!read.ok) return read;
    const problem = helloProblem(read.value.payload, this.#options.chainId);
    if (problem !== undefined) return err(problem);
    const reply = this.#writeProof();
    return reply.ok ? ok({ reply: reply.value }) : reply;
  }

  #writeProof(): Result<Uint8Array, SessionError> {
    const { identity, processId, role } = this.#options;
    return this.#handshake.write((hash) =>
      concatBytes(processId, proveIdentity(identity, role, hash)),
    );
  }

  #readProof(message: Uint8Array): Result<Remote, SessionError> {
    const { role } = this.#options;
    const read = this.#handshake.read(message);
    if (!read.ok) return read;
    const otherRole = role === "initiator" ? "responder" : "initiator";
    const { payload, hash } = read.value;
    const proof = payload.subarray(processIdBytes);
    const node = provenNode(proof, otherRole, hash, this.#handshake.remoteStatic);
    if (node === undefined) return err({ code: "identity-not-proven" });
    return ok({ node, processId: toHex(payload.subarray(0, processIdBytes)) });
  }

  #afterHandshake(): { readonly send: CipherState; readonly receive: CipherState } {
    if (this.#ciphers === undefined) throw new Error("the handshake is not over");
    return this.#ciphers;
  }
}

function helloOf(chainId: BlockId): Uint8Array {
  return concatBytes(
    Uint8Array.of(linkVersion >> 8, linkVersion & 255),
    bytesOfTrustedHex(chainId),
  );
}

function helloProblem(hello: Uint8Array, chainId: BlockId): SessionError | undefined {
  if (hello.length < 2) return { code: "handshake-too-short", sizeBytes: hello.length };
  const theirs = ((hello[0] ?? 0) << 8) | (hello[1] ?? 0);
  if (theirs !== linkVersion) return { code: "version-unknown", ours: linkVersion, theirs };
  if (hello.length !== helloBytes) return { code: "handshake-too-short", sizeBytes: hello.length };
  const chain = toHex(hello.subarray(2));
  return chain === chainId ? undefined : { code: "wrong-chain", ours: chainId, theirs: chain };
}
