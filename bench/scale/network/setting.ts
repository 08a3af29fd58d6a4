import type { ConsensusConfig } from "@kith/consensus/core/config";
import type { Algorithm } from "@kith/protocol/block";

/**
 * How a block gets from its leader to the others. `direct` is what the product does: the leader sends it to everybody. `tree`: each node
 * passes it on to so many others. `coded`: each node gets a part and passes it on, and f + 1 parts give the block. `named`:
 * transactions are told to everybody by whoever was given them, and the block names them by hash.
 */
type Spreading = "direct" | "tree" | "coded" | "named";

/** How votes and certificates are written: as they are, without what they repeat, or with one aggregated signature. */
export type Form = "full" | "compact" | "aggregated";

/** One simulated network: who agrees, over which lines, on which disks. */
export type Setting = {
  readonly algorithm: Algorithm;
  readonly producers: number;
  readonly oneWayMs: number;
  /** What a message takes longer than that: exponentially distributed, its mean. */
  readonly jitterMs: number;
  /** Of each node's one line, up and down each. */
  readonly bandwidthMbit: number;
  /** Log-normally distributed; what else waits for the disk goes with the next one. */
  readonly fsyncMsP50: number;
  readonly fsyncMsP99: number;
  readonly diskMbPerSecond: number;
  /** A packed signed transaction. */
  readonly transactionBytes: number;
  readonly spreading: Spreading;
  readonly form: Form;
  readonly tuning: Partial<ConsensusConfig>;
  readonly seed: number;
};

export const wideArea: Setting = {
  algorithm: "bft",
  producers: 4,
  oneWayMs: 50,
  jitterMs: 0.5,
  bandwidthMbit: 100,
  fsyncMsP50: 0.4,
  fsyncMsP99: 4,
  diskMbPerSecond: 400,
  transactionBytes: 300,
  spreading: "direct",
  form: "full",
  tuning: {},
  seed: 1,
};

/**
 * What a message of so many bytes takes of a line. The link seals it (16 bytes), heads it (3) and hands it to a WebSocket
 * (6 on average); each segment of 1448 bytes has the headers of TCP with timestamps, IP and Ethernet with the gap between frames.
 */
export function bytesOnLine(messageBytes: number): number {
  const sealed = messageBytes + 16 + 3 + 6;
  return sealed + Math.ceil(sealed / segmentBytes) * segmentHeaderBytes;
}

const segmentBytes = 1448;
const segmentHeaderBytes = 32 + 20 + 38;
