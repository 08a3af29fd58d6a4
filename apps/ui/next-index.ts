/**
 * Where the keys lead in a row of controls of which one has the focus; undefined for other keys. The ends are joined.
 */
export function nextIndex(
  key: string,
  { index, count, axis }: { index: number; count: number; axis: "across" | "down" },
): number | undefined {
  const [back, forward] =
    axis === "across" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  if (count === 0) return undefined;
  if (key === forward) return (index + 1) % count;
  if (key === back) return (index - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}
