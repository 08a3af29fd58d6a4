import type { ListTexts } from "@kith/ui/list";

import { texts } from "./texts.ts";

export function listTexts(label: string, loading: string): ListTexts {
  return { label, loading, stale: texts.stale, offline: texts.offline, retry: texts.retry };
}
