/** A Noise message is at most this long (Noise specification, section 3), and each WebSocket frame is one. */
export const noiseMessageBytesMax = 65_535;
export const tagBytes = 16;
/** What one frame carries beside its authentication tag. */
export const recordBytesMax = noiseMessageBytesMax - tagBytes;
/** The three handshake messages are about 100 to 250 bytes; nothing longer is looked at. */
export const handshakeMessageBytesMax = 512;

/** Tells apart the processes that have the key of one node. */
export const processIdBytes = 8;

/** After so many messages in one direction both ends replace that direction's key (Noise specification, 11.3). */
export const rekeyAfterMessages = 2 ** 20;
/** Far below Noise's 2^64 - 1, and exact in a number: a link that gets here is closed and opened again. */
export const nonceMax = 2 ** 48;

export const addressCharsMax = 256;
/** Addresses in one `peers` message. */
export const exchangedAddressesMax = 64;
/** Addresses that a node remembers beside the configured ones. */
export const knownAddressesMax = 512;
/** Addresses that are remembered for one node. */
export const addressesOfNodeMax = 3;

/** Everything a deployment or a test may set; the defaults suit three to a hundred nodes. */
export type LinkLimits = {
  /** From the first byte of a connection to a proven peer. */
  readonly handshakeMs: number;
  readonly pingMs: number;
  /** Nothing heard for so long: the link is closed. */
  readonly idleMs: number;
  /** Heard so lately, a process keeps another one with its node's key from linking. */
  readonly keyInUseMs: number;
  /** Bytes are waiting and none has left for so long: the link is closed. */
  readonly slowMs: number;
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** A link that lived so long was a good one: the next attempt starts from the shortest wait. */
  readonly stableMs: number;
  /** The first ban of a node that broke the protocol; doubles each time, up to `banMsMax`. */
  readonly banMsMin: number;
  readonly banMsMax: number;
  readonly exchangeMs: number;
  /** Waiting for a peer, in messages that consensus depends on. */
  readonly urgentBytesMax: number;
  /** Waiting for a peer, in answers to requests for blocks and snapshots. */
  readonly bulkBytesMax: number;
  /** Handed to a socket and not yet taken by the system; more waits in the queue, where order can still change. */
  readonly socketBytesMax: number;
  readonly bulkSocketBytesMax: number;
  /** Accepted connections that have not proven who they are. */
  readonly unprovenMax: number;
  /** Linked nodes that are not producers. */
  readonly observersMax: number;
  readonly linksMax: number;
  /** A node that is no producer opens about so many links of its own. */
  readonly outboundTarget: number;
};

export const defaultLimits: LinkLimits = {
  handshakeMs: 5_000,
  pingMs: 2_000,
  idleMs: 10_000,
  keyInUseMs: 5_000,
  slowMs: 10_000,
  backoffMsMin: 200,
  backoffMsMax: 15_000,
  stableMs: 10_000,
  banMsMin: 30_000,
  banMsMax: 3_600_000,
  exchangeMs: 60_000,
  urgentBytesMax: 64 * 1024 * 1024,
  bulkBytesMax: 20 * 1024 * 1024,
  socketBytesMax: 1024 * 1024,
  bulkSocketBytesMax: 256 * 1024,
  unprovenMax: 64,
  observersMax: 64,
  linksMax: 256,
  outboundTarget: 8,
};
