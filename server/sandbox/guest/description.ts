import { bool, str, struct, u32, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { parseDefinition } from "./definition.ts";

/** What is known of a service without anything of it in memory that could run. */
export type Description = {
  readonly definition: ServiceDefinition;
  /** It answers requests. */
  readonly serves: boolean;
  /** What it took to find out. */
  readonly fuel: number;
  /** Of an instance that starts. */
  readonly pages: number;
  /** What an instance that starts costs beside the usual: what it runs may have to be compiled again. */
  readonly compileFuel: number;
};

/** The definition as the service has said it, so that reading it again cannot give another. */
type PackedDescription = Omit<Description, "definition"> & { readonly definition: string };

const descriptionCodec: Codec<PackedDescription> = struct({
  definition: str,
  serves: bool,
  fuel: u64Number,
  pages: u32,
  compileFuel: u64Number,
});

export function packDescription(description: PackedDescription): Uint8Array {
  return descriptionCodec.pack(description);
}

export function unpackDescription(packed: Uint8Array): Description | undefined {
  const unpacked = descriptionCodec.unpack(packed);
  const definition = unpacked.ok ? parseDefinition(unpacked.value.definition) : unpacked;
  if (!unpacked.ok || !definition.ok) return undefined;
  return { ...unpacked.value, definition: definition.value };
}
