/**
 * How JavaScript inside a sandbox and the machine around it talk. Both share one small region of memory: a header of
 * whole numbers and, behind it, a window of bytes. A call in either direction has no arguments (or one text); what it is
 * about stands in the region, and nobody counts on anything in the region once it has made a call.
 *
 * Bytes that are longer than the window go through it piece by piece. Whoever gives them hands over all full windows
 * with `append` before the call itself; whoever gets them is told the whole size and asks for the rest with `more`.
 *
 * The machine defines two globals before it runs a service's source: `kithRegion`, the region as an ArrayBuffer, and
 * `kithHost(operation, text?)`. The source defines one: `kithGuest`, a `Guest`.
 */

/** Words of the header; each is a signed 32-bit number in little endian. */
export const regionHeaderWords = 16;
/** Where the window begins. */
export const regionWindowAt: number = 4 * regionHeaderWords;
export const regionBytes: number = 64 * 1024;
export const regionWindowBytes: number = regionBytes - regionWindowAt;
/** All bytes of one call in one direction: the largest row, argument or result, with what goes beside it. */
export const transferBytesMax: number = 2 * 1024 * 1024;

/** What a service's source leaves behind for the machine. */
export type Guest = {
  /** JSON of the ServiceDefinition. */
  readonly definition: string;
  /** Whether it answers requests. */
  readonly serves: boolean;
  /** Runs what the header says; see `guestEntries`. */
  readonly run: () => void;
};

/** Word 0 when the machine calls `run`: what it wants; word 1: size of the input. */
export const guestEntries = {
  /** Word 2: place of the action in the definition. Input: the packed arguments. */
  action: 0,
  /** Input: a packed HttpRequest. */
  serve: 1,
  /** Word 2: place of the query among the `queries` of the definition's schema. Input: the packed arguments. */
  query: 2,
} as const;

/** Word 0 when `run` returns; word 1: size of the output, whose last piece stands in the window. */
export const guestOutcomes = {
  /** The packed result of an action or a query, or the packed HttpReply. */
  done: 0,
  /** `serve` leaves the request to others. */
  none: 1,
  /** The service aborted: its code, a line feed, its message. */
  aborted: 2,
  /** The service threw something else: text for its author, never part of a receipt. */
  failed: 3,
} as const;

/**
 * What a guest asks of the machine. Word 1 is the size of the input, words 2 and up are arguments; word 0 is the answer,
 * or the size of the output. Below zero it is one of `hostRefusals`.
 */
export const hostOperations = {
  /** Input: a full window, which comes before the input of the next operation. */
  append: 0,
  /** Output: the next piece of the last output; word 0: its size. */
  more: 1,
  /** Text argument. Output: its UTF-8. */
  encodeText: 2,
  /** Input: bytes without zeros. Returns the text, or nothing when they are not UTF-8. */
  decodeText: 3,
  /** Input: UTF-8 or anything else. 1 when it is UTF-8. */
  isUtf8: 4,
  /** Input: bytes. Output: lower-case hex. */
  encodeHex: 5,
  /** Text argument: hex digits in pairs. Output: the bytes. */
  decodeHex: 6,
  /** Input: bytes. Output: 32 bytes. */
  sha256: 7,
  /** Input: public key (32), signature (64), message. 1 when the signature holds. */
  verifyEd25519: 8,
  /** Input: public key (65), signature (64), message. 1 when the signature holds. */
  verifyP256: 9,
  /** Output: the account that the service is installed on. */
  self: 10,
  /** Output: the account that called. */
  sender: 11,
  /** Output: 32 bytes. */
  transactionId: 12,
  /** Word 0: the block's number; words 1 and 2: low and high half of its time in microseconds. */
  block: 13,
  /** Output: the claims, packed as a list of { service, rawData }. */
  claims: 14,
  /** Word 2: table. Input: a key. Output: the row. */
  get: 15,
  /**
   * Word 2: table, 3: index, 4: size of `from` or -1, 5: size of `to` or -1, 6: reverse, 7: limit. Input: `from`, `to`.
   * Output: the rows, each behind its size in 4 bytes. Refused when one call cannot carry them all.
   */
  range: 16,
  /** Word 2: table. Input: a row. */
  put: 17,
  /** Word 2: table. Input: a key. 1 when there was a row. */
  remove: 18,
  /** Words 2 and 3: sizes of the account and the method. Input: both, then the packed arguments. Output: the result. */
  call: 19,
  /** Word 2: size of the event's name. Input: the name, then the packed event. */
  emit: 20,
  /** Text argument: a line for the service's author. It goes nowhere but to a developer's screen. */
  log: 21,
  /** Word 2: size of the statement. Input: it, then its parameters as JSON. Output: rows as JSON. Only in queries. */
  sql: 22,
  /** Input: a packed RunAs (`entry-points.ts`). Output: the packed result. Only for `staged-tx`. */
  runAs: 23,
  /** Words 2 and 3: the machine, and the size of the account. Input: the account, then the code. Only for `setcode`. */
  checkCode: 24,
  /** Output: the account whose question this is; absent in actions, and where nobody has proved to be somebody. */
  user: 25,
} as const;

export type HostOperation = (typeof hostOperations)[keyof typeof hostOperations];

export const hostRefusals = {
  /** There is no such row. */
  absent: -1,
  /** The call was refused. Output, of the size in word 1: code, line feed, message. */
  refused: -2,
} as const;
