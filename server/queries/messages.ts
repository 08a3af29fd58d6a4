import type { Applied } from "@kith/chain/ports";
import { blockIdCodec, checksumCodec } from "@kith/protocol/checksums";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  struct,
  u32,
  u64Number,
  variant,
  type Codec,
} from "@kith/protocol/fracpack";
import { httpReplyCodec } from "@kith/protocol/http-message";
import type { AccountName, BlockNum } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import { blockNumCodec } from "@kith/protocol/numbers";

import type { QueryOutcome } from "./query-outcome.ts";

/** A row as a block left it; without `row` it is gone. */
export type Change = {
  readonly service: AccountName;
  readonly space: number;
  readonly key: Uint8Array;
  readonly row?: Uint8Array;
};

/** A part of what the blocks from `first` to `applied` changed; a query behind it wants all parts. */
export type ChangesMessage = {
  readonly first: BlockNum;
  readonly applied: Applied;
  readonly changes: readonly Change[];
};

export type QueryMessage = {
  readonly id: number;
  readonly service: AccountName;
  /** The state that answers is at least this old. */
  readonly least: BlockNum;
  /** Only what is in the file, so that SQL sees the same. */
  readonly fromFile: boolean;
  readonly wantsReads: boolean;
  /** Who asks, where that is proved. */
  readonly user?: AccountName;
  /** The request is a packed LoginQuestion. */
  readonly isLogin: boolean;
  /** Packed HttpRequest. */
  readonly request: Uint8Array;
};

export type AnswerMessage = {
  readonly id: number;
  readonly outcome: QueryOutcome;
  /** Memory of the process, now and then. */
  readonly residentBytes?: number;
};

/** What the node says to a query process. */
export type ToProcess = { readonly changes: ChangesMessage } | { readonly query: QueryMessage };

/** What a query process says to the node. */
export type FromProcess =
  | { readonly ready: Readonly<Record<string, never>> }
  | { readonly answer: AnswerMessage };

const appliedCodec: Codec<Applied> = struct({
  num: blockNumCodec,
  id: blockIdCodec,
  time: u64Number,
  stateRoot: checksumCodec,
  eventRoot: checksumCodec,
});

const changeCodec: Codec<Change> = struct({
  service: accountCodec,
  space: u32,
  key: bytes,
  row: option(bytes),
});

export const toProcessCodec: Codec<ToProcess> = variant({
  changes: object({ first: blockNumCodec, applied: appliedCodec, changes: list(changeCodec) }),
  query: object({
    id: u32,
    service: accountCodec,
    least: blockNumCodec,
    fromFile: bool,
    wantsReads: bool,
    user: option(accountCodec),
    isLogin: bool,
    request: bytes,
  }),
});

const answeredCodec = object({
  num: blockNumCodec,
  usesContext: bool,
  isFailure: bool,
  reply: option(httpReplyCodec),
  reads: option(
    list(
      struct({
        service: accountCodec,
        space: option(u32),
        key: option(bytes),
        from: option(bytes),
        to: option(bytes),
      }),
    ),
  ),
});

const outcomeCodec: Codec<QueryOutcome> = variant({
  answered: answeredCodec,
  needsFile: object({}),
  fault: str,
});

export const fromProcessCodec: Codec<FromProcess> = variant({
  ready: object({}),
  answer: object({ id: u32, outcome: outcomeCodec, residentBytes: option(u64Number) }),
});
