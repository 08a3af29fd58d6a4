import type { NodeId } from "@kith/protocol/ids";

import type { FrameError } from "./frames.ts";
import type { SessionError } from "./session.ts";

/** Why this node ended a link. */
export type OwnReason =
  | SessionError
  | FrameError
  | { readonly code: "handshake-timeout" }
  /** Proven to come from the peer, and not a message of this protocol. */
  | { readonly code: "message-malformed"; readonly reason: string }
  | { readonly code: "nonces-exhausted" }
  | { readonly code: "self" }
  | { readonly code: "duplicate"; readonly node: NodeId }
  /** Another process with the key of that node is linked, and lives. */
  | { readonly code: "key-in-use"; readonly node: NodeId }
  | { readonly code: "links-full" }
  | { readonly code: "observers-refused"; readonly node: NodeId }
  | { readonly code: "banned"; readonly node: NodeId }
  | { readonly code: "idle" }
  | { readonly code: "slow"; readonly waitingBytes: number }
  | { readonly code: "closing" };

/** Why a link ended, or never began. */
export type LinkError =
  | OwnReason
  | { readonly code: "unreachable"; readonly reason: string }
  /** `because` is the peer's own reason where its close code is one of ours. It is not authenticated. */
  | {
      readonly code: "closed-by-peer";
      readonly closeCode: number;
      readonly because?: OwnReason["code"];
    };

/** Permanent: the close codes of WebSocket (RFC 6455 section 7.4.2, private use) by which the other end learns why. */
const closeCodes = {
  "version-unknown": 4000,
  "wrong-chain": 4001,
  "message-malformed": 4002,
  duplicate: 4003,
  self: 4004,
  "links-full": 4005,
  "observers-refused": 4006,
  slow: 4007,
  idle: 4008,
  "handshake-timeout": 4009,
  "handshake-too-short": 4010,
  "handshake-too-long": 4011,
  "key-weak": 4012,
  "not-authentic": 4013,
  "identity-not-proven": 4014,
  banned: 4015,
  "nonces-exhausted": 4016,
  "frame-too-long": 4017,
  "part-cut": 4018,
  "part-kind-unknown": 4019,
  "message-too-long": 4020,
  closing: 4021,
  "key-in-use": 4022,
} as const satisfies Record<OwnReason["code"], number>;

/** Whether the peer itself broke the protocol, which only its own authenticated words can show. */
const misbehaviour: ReadonlySet<LinkError["code"]> = new Set<LinkError["code"]>([
  "message-malformed",
  "part-cut",
  "part-kind-unknown",
  "message-too-long",
]);

export function isMisbehaviour(error: LinkError): boolean {
  return misbehaviour.has(error.code);
}

export function closeCodeOf(reason: OwnReason): number {
  return closeCodes[reason.code];
}

/** The error that a close frame from the other end stands for. */
export function closedByPeer(closeCode: number): LinkError {
  const because = reasonByCloseCode.get(closeCode);
  return because === undefined
    ? { code: "closed-by-peer", closeCode }
    : { code: "closed-by-peer", closeCode, because };
}

/** One sentence for a log. */
export function describeLinkError(error: LinkError): string {
  switch (error.code) {
    case "wrong-chain":
      return `the other node belongs to another network: its chain is ${error.theirs}, ours is ${error.ours}`;
    case "version-unknown":
      return `the other node speaks version ${error.theirs} of the link protocol, this one ${error.ours}`;
    case "self":
      return "this address leads to this node itself";
    case "duplicate":
      return `there is already a link to ${error.node}`;
    case "unreachable":
      return `no connection: ${error.reason}`;
    case "message-malformed":
      return `the other node sent something that is no message: ${error.reason}`;
    case "slow":
      return `the other node takes nothing; ${error.waitingBytes} bytes were waiting`;
    case "key-in-use":
      return `another process with the key of ${error.node} is linked already`;
    case "closed-by-peer":
      if (error.because === "key-in-use") {
        return "another process with this node's key is linked to it: stop one of the two, or give it a key of its own (an empty --data)";
      }
      return `the other node closed the link (${error.because ?? error.closeCode})`;
    case "banned":
    case "closing":
    case "frame-too-long":
    case "handshake-timeout":
    case "handshake-too-long":
    case "handshake-too-short":
    case "identity-not-proven":
    case "idle":
    case "key-weak":
    case "links-full":
    case "message-too-long":
    case "nonces-exhausted":
    case "not-authentic":
    case "observers-refused":
    case "part-cut":
    case "part-kind-unknown":
      return error.code.replaceAll("-", " ");
  }
}

const reasonByCloseCode: ReadonlyMap<number, OwnReason["code"]> = new Map(
  Object.keys(closeCodes)
    .filter(isOwnReasonCode)
    .map((code) => [closeCodes[code], code]),
);

function isOwnReasonCode(code: string): code is OwnReason["code"] {
  return code in closeCodes;
}
