/** The first of `available` among those that an Accept header wants most; undefined when it wants none (RFC 9110 12.5.1). */
export function preferredType<T extends string>(
  header: string | null,
  available: readonly T[],
): T | undefined {
  if (header === null || header.trim() === "") return available[0];
  const wishes = header.toLowerCase().split(",").map(parseWish);
  let best: { readonly type: T; readonly quality: number } | undefined;
  for (const type of available) {
    const quality = qualityOf(type, wishes);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

type Wish = { readonly range: string; readonly quality: number };

function parseWish(item: string): Wish {
  const [range = "", ...parameters] = item.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, wishes: readonly Wish[]): number {
  const group = `${type.slice(0, type.indexOf("/"))}/*`;
  for (const range of [type, group, "*/*"]) {
    const wish = wishes.find((candidate) => candidate.range === range);
    if (wish !== undefined) return wish.quality;
  }
  return 0;
}
