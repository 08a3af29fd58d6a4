import { ServiceAbort } from "@kith/protocol/service-abi";

type Unpacked<Args> = { readonly ok: true; readonly value: Args } | { readonly ok: false };

/** The arguments of one of the supervisor's own functions. */
export function unpacked<Args>(
  { args }: { readonly args: { unpack(packed: Uint8Array): Unpacked<Args> } },
  packed: Uint8Array,
): Args {
  const read = args.unpack(packed);
  if (read.ok) return read.value;
  throw new ServiceAbort("arguments-malformed", "the arguments are not what is declared");
}
