import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

/** What `chain` asks of a machine, in its words (`@kith/chain/ports`). */
export type CodeReference = {
  readonly service: AccountName;
  /** sha256 of the code. */
  readonly codeHash: Checksum;
  readonly vm: number;
  /** Undefined when the state does not have it. */
  readonly read: () => Uint8Array | undefined;
};

export type DescribedCode = { readonly definition: ServiceDefinition; readonly fuel: number };

/** `fuel`: what it took to find out, which somebody has to pay for. */
export type CodeFault = { readonly code: string; readonly message: string; readonly fuel: number };
