/** Where the store keeps a node of the state tree: its depth, then that many nibbles of the addresses below it. */
export function treePath(addressHash: Uint8Array, depth: number): Uint8Array {
  const path = new Uint8Array(1 + ((depth + 1) >> 1));
  path[0] = depth;
  path.set(addressHash.subarray(0, (depth + 1) >> 1), 1);
  if ((depth & 1) === 1) path[path.length - 1] = (path[path.length - 1] ?? 0) & 0xf0;
  return path;
}

export const rootPath: Uint8Array = Uint8Array.of(0);
