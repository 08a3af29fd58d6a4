import { checksumCodec } from "@kith/protocol/checksums";
import { virtualMachines, type NoArguments } from "@kith/protocol/entry-points";
import { bytes, list, object, option, u8 } from "@kith/protocol/fracpack";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

/** What runs a service's code: `javaScript` or `webAssembly`. */
export type VirtualMachine = number;
/** One bundled source in UTF-8. */
export const javaScript: VirtualMachine = virtualMachines.javaScript;
/** One module. */
export const webAssembly: VirtualMachine = virtualMachines.webAssembly;

/** Of the code of one service: it is one row. */
export const codeBytesMax: number = 1_000_000;
/** Of one piece of code that is too long for one action. */
export const pieceBytesMax: number = 512 * 1024;

export type InstalledCode = {
  readonly vm: VirtualMachine;
  /** sha256 of the code. */
  readonly codeHash: Checksum;
};

/** Which code runs on which account. All actions concern the sender's own account. */
export const setcodeInterface: ServiceInterface<{
  /** Installs code, or replaces what is installed. It runs from the next action on. */
  readonly setCode: Signature<{ readonly vm: VirtualMachine; readonly code: Uint8Array }, void>;
  /** Keeps a piece of code for a day, until `setCodeStaged` names it; gives its sha256. */
  readonly stage: Signature<{ readonly data: Uint8Array }, Checksum>;
  /**
   * Installs the code with this sha256. It is made of staged pieces, which are dropped; or it is known to the network
   * already, and no pieces are named.
   */
  readonly setCodeStaged: Signature<StagedCode, void>;
  readonly unstage: Signature<NoArguments, void>;
  /**
   * Nothing runs on the account any more. Its rows stay, and the code is kept with them: what is installed later has to
   * be able to read them, as with every other change of code. To make code final, `accounts.lock` locks the account.
   */
  readonly removeCode: Signature<NoArguments, void>;
  readonly codeOf: Signature<{ readonly account: AccountName }, InstalledCode | undefined>;
}> = serviceInterface("setcode", {
  setCode: signature({ vm: u8, code: bytes }, nothing),
  stage: signature({ data: bytes }, checksumCodec),
  setCodeStaged: signature({ vm: u8, hash: checksumCodec, pieces: list(checksumCodec) }, nothing),
  unstage: signature({}, nothing),
  removeCode: signature({}, nothing),
  codeOf: signature({ account: accountCodec }, option(object({ vm: u8, codeHash: checksumCodec }))),
});

export type StagedCode = {
  readonly vm: VirtualMachine;
  readonly hash: Checksum;
  /** sha256 of the pieces, in order. */
  readonly pieces: readonly Checksum[];
};
