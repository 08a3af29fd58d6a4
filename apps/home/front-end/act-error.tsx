import { Notice } from "@kith/ui/notice";

import type { Acting } from "./data/hooks.ts";
import { reasonOf } from "./texts.ts";

/** Why what was just tried was not done; nothing when it was. */
export function ActError({ act }: { readonly act: Acting }) {
  if (act.code === undefined) return null;
  return (
    <Notice kind="danger">
      <span data-code={act.code}>{reasonOf(act.code)}</span>
    </Notice>
  );
}
