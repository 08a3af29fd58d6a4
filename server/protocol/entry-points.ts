import type { Consensus } from "./block.ts";
import { consensusCodec } from "./blocks.ts";
import { checksumCodec } from "./checksums.ts";
import { bytes, list, object, option, str, u32, type Codec, type OptionCodec } from "./fracpack.ts";
import type { AccountName, Checksum, MethodName } from "./ids.ts";
import { accountCodec, methodCodec } from "./names.ts";

/**
 * What crosses the line between the node and the system services (psibase specification, blockchain/entry-points.md):
 * the node makes or reads these bytes itself, so they belong to the protocol and not to a service.
 */

/** Which code is installed on an account: table 0 of `transact`, by account. */
export type InstalledCode = { readonly account: AccountName; readonly codeHash: Checksum };
export const installedCodeCodec: Codec<InstalledCode> = object({
  account: accountCodec,
  codeHash: checksumCodec,
});

/** The first action of the genesis block. */
export type Bootstrap = { readonly chainName: string; readonly services: readonly InstalledCode[] };
export const bootstrapCodec: Codec<Bootstrap> = object({
  chainName: str,
  services: list(installedCodeCodec),
});

/** Arguments of `transact::authorize`: may this sender do this? It aborts when not. */
export type Authorization = {
  readonly sender: AccountName;
  readonly service: AccountName;
  readonly method: MethodName;
};
export const authorizeCodec: Codec<Authorization> = object({
  sender: accountCodec,
  service: accountCodec,
  method: methodCodec,
});

/** What an action without arguments takes. */
export type NoArguments = Readonly<Record<string, never>>;
export const noArgumentsCodec: Codec<NoArguments> = object({});

/** Argument of `accounts::exists`, whose result is a bool. */
export const accountArgumentCodec: Codec<{ readonly name: AccountName }> = object({
  name: accountCodec,
});

/** Result of `producers::wanted`. */
export const wantedConsensusCodec: OptionCodec<Consensus> = option(consensusCodec);

/** A leaf of the event tree. */
export type Event = {
  readonly service: AccountName;
  readonly event: string;
  readonly data: Uint8Array;
};
export const eventCodec: Codec<Event> = object({ service: accountCodec, event: str, data: bytes });

/** Rows in one chunk of a snapshot, in the order of their addresses. */
export type SnapshotRow = {
  readonly service: AccountName;
  readonly space: number;
  readonly key: Uint8Array;
  readonly row: Uint8Array;
};
export const snapshotRowsCodec: Codec<readonly SnapshotRow[]> = list(
  object({ service: accountCodec, space: u32, key: bytes, row: bytes }),
);
