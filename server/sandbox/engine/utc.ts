/** Fills C's `struct tm` (nine words) with the time in UTC, the only time zone that there is. */
export function putUtc(words: Int32Array, at: number, seconds: number): void {
  const time = new Date(seconds * 1000);
  const year = time.getUTCFullYear();
  const newYear = Date.UTC(year, 0, 1);
  words[at] = time.getUTCSeconds();
  words[at + 1] = time.getUTCMinutes();
  words[at + 2] = time.getUTCHours();
  words[at + 3] = time.getUTCDate();
  words[at + 4] = time.getUTCMonth();
  words[at + 5] = year - 1900;
  words[at + 6] = time.getUTCDay();
  words[at + 7] = Math.floor((time.getTime() - newYear) / 86_400_000);
  words[at + 8] = 0;
  words[at + 9] = 0;
}
