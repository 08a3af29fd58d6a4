import { useEffect, useState } from "preact/hooks";

import { timeAgo } from "./time-ago.ts";

export type RelativeTimeProps = {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly class?: string;
};

/** "5 minutes ago" in the page's language; the exact time stands in the tip. */
export function RelativeTime({ time, class: className }: RelativeTimeProps) {
  const [now, setNow] = useState(Date.now);
  const { value, unit, nextChangeMs } = timeAgo(time, now);
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), nextChangeMs);
    return () => clearTimeout(timer);
  }, [now, nextChangeMs]);
  const language = document.documentElement.lang || undefined;
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(value, unit);
  const date = new Date(time);
  const exact = date.toLocaleString(language, { dateStyle: "full", timeStyle: "medium" });
  return (
    <time dateTime={date.toISOString()} title={exact} class={className}>
      {words}
    </time>
  );
}
