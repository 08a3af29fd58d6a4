import type { Consensus } from "./block.ts";
import { consensusCodec } from "./blocks.ts";
import { checksumCodec } from "./checksums.ts";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  u32,
  u64Number,
  u8,
  type Codec,
  type OptionCodec,
} from "./fracpack.ts";
import type { AccountName, Checksum, MethodName } from "./ids.ts";
import { accountCodec, methodCodec } from "./names.ts";

/**
 * What crosses the line between the node and the system services (psibase specification, blockchain/entry-points.md):
 * the node makes or reads these bytes itself, so they belong to the protocol and not to a service.
 */

/** Which code is installed on an account: table 0 of `setcode`, by account. */
export type InstalledCode = {
  readonly account: AccountName;
  /** sha256 of the code. */
  readonly codeHash: Checksum;
  /** What runs it: `virtualMachines`. */
  readonly vm: number;
};
export const installedCodeCodec: Codec<InstalledCode> = object({
  account: accountCodec,
  codeHash: checksumCodec,
  vm: u8,
});

export const virtualMachines = {
  /** One JavaScript source in UTF-8. */
  javaScript: 0,
  /** One WebAssembly module. */
  webAssembly: 1,
  /** A service that is part of the node's own program; only in networks for tests. */
  program: 255,
} as const;

/** How often each code is installed: table 1 of `setcode`, by hash. */
export type StoredCode = {
  readonly hash: Checksum;
  readonly vm: number;
  readonly sizeBytes: number;
  readonly references: number;
};
export const storedCodeCodec: Codec<StoredCode> = object({
  hash: checksumCodec,
  vm: u8,
  sizeBytes: u32,
  references: u32,
});

/** The code itself: table 2 of `setcode`, by hash. */
export type CodeContent = { readonly hash: Checksum; readonly code: Uint8Array };
export const codeContentCodec: Codec<CodeContent> = object({ hash: checksumCodec, code: bytes });

/** What an account may use within the quota window: table 1 of `quotas`, by account; table 0 has what all others may. */
export type Allowance = {
  /** Units of work. */
  readonly fuel: number;
  /** Bytes of rows that its transactions write. */
  readonly storedBytes: number;
  /** Bytes of its transactions, packed. */
  readonly carriedBytes: number;
};
const allowanceFields = { fuel: u64Number, storedBytes: u64Number, carriedBytes: u64Number };
export const defaultAllowanceCodec: Codec<Allowance & { readonly id: number }> = object({
  id: u8,
  ...allowanceFields,
});
export const allowanceCodec: Codec<Allowance & { readonly account: AccountName }> = object({
  account: accountCodec,
  ...allowanceFields,
});

/** Who pays for an account: table 2 of `quotas`, by account. */
export type Sponsorship = {
  readonly account: AccountName;
  readonly sponsor: AccountName;
  /** In microseconds; a guest's. Left out: until one of the two ends it. */
  readonly until?: number;
  /** Whoever stands behind what a transaction proves pays for it: `ClaimSponsorship`. */
  readonly byClaims?: boolean;
};
export const sponsorCodec: Codec<Sponsorship> = object({
  account: accountCodec,
  sponsor: accountCodec,
  until: option(u64Number),
  byClaims: option(bool),
});

/** Who pays for transactions of a shared account that prove a claim: table 3 of `quotas`, by account and digest. */
export type ClaimSponsorship = {
  readonly account: AccountName;
  /** sha256 of the packed claim. */
  readonly claim: Checksum;
  readonly sponsor: AccountName;
  readonly until: number;
};
export const claimSponsorCodec: Codec<ClaimSponsorship> = object({
  account: accountCodec,
  claim: checksumCodec,
  sponsor: accountCodec,
  until: u64Number,
});

/** A service that is there from the genesis block on. */
export type GenesisService = {
  readonly account: AccountName;
  readonly vm: number;
  readonly code: Uint8Array;
};

/** The first actions of the genesis block install the code that all others need. */
export type Bootstrap = {
  readonly chainName: string;
  readonly services: readonly GenesisService[];
};
export const bootstrapCodec: Codec<Bootstrap> = object({
  chainName: str,
  services: list(object({ account: accountCodec, vm: u8, code: bytes })),
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

/** Arguments of `transact::authorizeStaged`: do the words of these accounts, given earlier, suffice? It aborts when not. */
export type StagedAuthorization = Authorization & { readonly by: readonly AccountName[] };
export const stagedAuthorizationCodec: Codec<StagedAuthorization> = object({
  sender: accountCodec,
  service: accountCodec,
  method: methodCodec,
  by: list(accountCodec),
});

/** Arguments of a verify service's `verify`: does the proof prove the claim? It aborts when not. */
export type Verification = {
  /** What a signature covers: prefix, transaction id and the id of the reference block, 68 bytes. */
  readonly message: Uint8Array;
  readonly claim: Uint8Array;
  readonly proof: Uint8Array;
};
export const verificationCodec: Codec<Verification> = object({
  message: bytes,
  claim: bytes,
  proof: bytes,
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
