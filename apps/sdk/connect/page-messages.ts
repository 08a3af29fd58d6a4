import { blockIdCodec, transactionIdCodec } from "@kith/protocol/checksums";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  u32,
  u64Number,
  variant,
  type Codec,
} from "@kith/protocol/fracpack";
import type { AccountName, BlockId, MethodName } from "@kith/protocol/ids";
import type { TransactionId } from "@kith/protocol/ids";
import { accountCodec, methodCodec } from "@kith/protocol/names";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";

/**
 * What an app's page and the supervisor's frame say to each other: each message is one of these values, packed, over a
 * MessagePort that the page hands to the frame once. Which app speaks, the frame knows from the origin that handed it over.
 */

/** A function of a plugin, with packed arguments. */
export type CallMessage = {
  readonly id: number;
  readonly plugin: AccountName;
  readonly method: MethodName;
  readonly args: Uint8Array;
};

/** Actions of the app's own service in the user's name, as one transaction. */
export type ActMessage = {
  readonly id: number;
  readonly actions: readonly { readonly method: MethodName; readonly rawData: Uint8Array }[];
};

/** A question to a service of the network; its answer is a `response`, and `chunk`s of its body. */
export type FetchMessage = {
  readonly id: number;
  readonly service: AccountName;
  /** With its query string; begins with a slash. */
  readonly target: string;
  readonly accept: string;
  /** JSON to be posted; left out: GET. */
  readonly body?: string;
  /** Of a stream that goes on where it broke. */
  readonly lastEventId?: string;
  /** Shows the app's own service whose question it is; other services never see that. */
  readonly asUser: boolean;
};

export type WriteMessage = { readonly id: number; readonly transactionId: TransactionId };

/** Of a page. Whatever is answered has a number, which the page chooses. */
export type PageMessage =
  | { readonly call: CallMessage }
  | { readonly act: ActMessage }
  | { readonly fetch: FetchMessage }
  /** The answer is not wanted any more. */
  | { readonly cancel: { readonly id: number } }
  /** Of a write that has failed: sign and send it again, or forget it. */
  | { readonly retry: WriteMessage }
  | { readonly drop: WriteMessage };

export const pageMessage: Codec<PageMessage> = variant({
  call: object({ id: u32, plugin: accountCodec, method: methodCodec, args: bytes }),
  act: object({ id: u32, actions: list(object({ method: methodCodec, rawData: bytes })) }),
  fetch: object({
    id: u32,
    service: accountCodec,
    target: str,
    accept: str,
    body: option(str),
    lastEventId: option(str),
    asUser: bool,
  }),
  cancel: object({ id: u32 }),
  retry: object({ id: u32, transactionId: transactionIdCodec }),
  drop: object({ id: u32, transactionId: transactionIdCodec }),
});

/** Whom the page speaks to. */
export type Surroundings = {
  /** The network's id. */
  readonly network: BlockId;
  /** The root host with its port: `kith.localhost:8080`. */
  readonly root: string;
  /** Who is signed in to this app. */
  readonly user?: AccountName;
};

/** Who is signed in, and all that this user may see of the writes here. */
export type ReadyMessage = Surroundings & { readonly writes: readonly WriteState[] };

/** A call that has ended well; `receipt` when it became a transaction, whose outcome is final. */
export type DoneMessage = {
  readonly id: number;
  readonly value: Uint8Array;
  readonly receipt?: Receipt;
};

/** It is signed and kept, and will be sent when there is a network: `writes` tells what becomes of it. */
export type QueuedMessage = {
  readonly id: number;
  readonly value: Uint8Array;
  readonly transactionId: TransactionId;
};

export type FailedMessage = {
  readonly id: number;
  readonly code: string;
  readonly message: string;
  readonly transactionId?: TransactionId;
};

/** A write that is signed and not final yet, or was a moment ago; also one that an earlier page has left. */
export type WriteState = {
  readonly transactionId: TransactionId;
  /** Whose page made it: in pages of `home` of any app, elsewhere always the page's own. */
  readonly app: AccountName;
  /** `queued`: no node was reached yet; `sent`; `final`; `failed`, when nobody heard of that, until it is dropped. */
  readonly state: string;
  /** Microseconds since the Unix epoch. */
  readonly signedAt: number;
  /** `service::method` of each action. */
  readonly actions: readonly string[];
  /** Those of the page's own service, with packed arguments: see `writtenActions`. */
  readonly calls: readonly { readonly method: MethodName; readonly rawData: Uint8Array }[];
  /** It was made on this page, and not on another or an earlier one. */
  readonly isOfThisPage: boolean;
  /** It has failed, and the same can be signed and sent again. */
  readonly canRetry: boolean;
  /** Of a failure. */
  readonly code?: string;
  readonly message?: string;
};

export type ResponseMessage = {
  readonly id: number;
  readonly status: number;
  readonly contentType: string;
};

/** Of the frame. */
export type FrameMessage =
  /** First of all, and again when somebody signs in or out. */
  | { readonly ready: ReadyMessage }
  | { readonly done: DoneMessage }
  | { readonly queued: QueuedMessage }
  | { readonly failed: FailedMessage }
  | { readonly response: ResponseMessage }
  | { readonly chunk: { readonly id: number; readonly bytes: Uint8Array } }
  /** Of a body; `isWhole` unless it broke. */
  | { readonly end: { readonly id: number; readonly isWhole: boolean } }
  /** All that the app's user may see here, whenever one of them changes. */
  | { readonly writes: { readonly writes: readonly WriteState[] } }
  /** Whether a node can be reached. */
  | { readonly reach: { readonly isReached: boolean } }
  /** The supervisor has something to ask: its frame has to be seen, all over the page, or is not needed any more. */
  | { readonly show: { readonly isShown: boolean } };

const writeStates: Codec<readonly WriteState[]> = list(
  object({
    transactionId: transactionIdCodec,
    app: accountCodec,
    state: str,
    signedAt: u64Number,
    actions: list(str),
    calls: list(object({ method: methodCodec, rawData: bytes })),
    isOfThisPage: bool,
    canRetry: bool,
    code: option(str),
    message: option(str),
  }),
);

export const frameMessage: Codec<FrameMessage> = variant({
  ready: object({
    network: blockIdCodec,
    root: str,
    user: option(accountCodec),
    writes: writeStates,
  }),
  done: object({ id: u32, value: bytes, receipt: option(receiptCodec) }),
  queued: object({ id: u32, value: bytes, transactionId: transactionIdCodec }),
  failed: object({ id: u32, code: str, message: str, transactionId: option(transactionIdCodec) }),
  response: object({ id: u32, status: u32, contentType: str }),
  chunk: object({ id: u32, bytes }),
  end: object({ id: u32, isWhole: bool }),
  writes: object({ writes: writeStates }),
  reach: object({ isReached: bool }),
  show: object({ isShown: bool }),
});
