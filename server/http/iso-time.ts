/** psibase's JSON form of a time: ISO 8601 with microseconds. */
export function isoOfMicroseconds(time: number): string {
  const seconds = new Date(Math.floor(time / 1_000_000) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % 1_000_000).padStart(6, "0")}Z`;
}
