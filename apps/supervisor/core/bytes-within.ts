import { concatBytes } from "@kith/protocol/hashes";

/** A body; undefined when it is longer, or never ends: then no more of it is read than that. */
export async function bytesWithin(
  bytesMax: number,
  { body }: Pick<Response, "body">,
): Promise<Uint8Array | undefined> {
  const reader = body?.getReader();
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const read = await reader?.read();
    if (read?.value === undefined) return concatBytes(...parts);
    sizeBytes += read.value.length;
    parts.push(read.value);
    if (sizeBytes > bytesMax) {
      await reader?.cancel();
      return undefined;
    }
  }
}
