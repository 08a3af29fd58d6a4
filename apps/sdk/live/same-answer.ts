/** Whether two answers, read by the same query, say the same. */
export function isSameAnswer(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** What a query has read is JSON's kinds of values, byte strings and large numbers, its members in the order of their type. */
function textOf(answer: unknown): string | undefined {
  return JSON.stringify(answer, (_name, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}
