import { bytes, f64, i32, list, struct } from "@kith/protocol/fracpack";

import { pagesOf, type EngineImage } from "./image.ts";

const imageCodec = struct({
  globals: list(f64),
  runtime: i32,
  context: i32,
  regionAt: i32,
  run: i32,
  self: i32,
  memory: bytes,
});

export function packImage({ state, run, self }: EngineImage): Uint8Array {
  const globals = state.globals.map((value) => {
    if (typeof value !== "number") throw new Error("the script engine has no such globals");
    return value;
  });
  return imageCodec.pack({ ...state, globals, run, self });
}

/** Its memory is a part of `packed`. Undefined when that is no image. */
export function unpackImage(packed: Uint8Array): EngineImage | undefined {
  const unpacked = imageCodec.unpack(packed);
  if (!unpacked.ok) return undefined;
  const { run, self, ...state } = unpacked.value;
  return { state, pages: pagesOf(state), run, self };
}
