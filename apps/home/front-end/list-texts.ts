import type { ListTexts } from "@kith/ui/list";

import { texts } from "./texts.ts";

export function listTexts(label: string, loading: string): ListTexts {
  return { label, loading, stale: texts.stale, offline: texts.offline, retry: texts.retry };
}

/** For lists: a day in the page's language. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
}
