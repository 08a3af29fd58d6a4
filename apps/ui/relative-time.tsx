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
  const language = document.documentElement.lang;
  const { words, exact } = formatsOf(language);
  const date = new Date(time);
  return (
    <time dateTime={date.toISOString()} title={exact.format(date)} class={className}>
      {words.format(value, unit)}
    </time>
  );
}

type Formats = {
  readonly words: Intl.RelativeTimeFormat;
  readonly exact: Intl.DateTimeFormat;
};

const known = new Map<string, Formats>();

/** Made once for a language: a list has as many times as rows. No language is the browser's. */
function formatsOf(language: string): Formats {
  const found = known.get(language);
  if (found !== undefined) return found;
  const locale = language === "" ? undefined : language;
  const formats = {
    words: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" }),
  };
  known.set(language, formats);
  return formats;
}
