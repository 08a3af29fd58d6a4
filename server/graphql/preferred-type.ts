/** GraphQL over HTTP, section 4.1. */
export type AnswerType = "application/graphql-response+json" | "application/json";

const available: readonly AnswerType[] = ["application/graphql-response+json", "application/json"];

/** What an Accept header wants most; the first where it has no wish; undefined when it wants neither. */
export function preferredType(header: string | undefined): AnswerType | undefined {
  if (header === undefined || header.trim() === "") return available[0];
  const wishes = header.toLowerCase().split(",").map(parseWish);
  let best: { readonly type: AnswerType; readonly quality: number } | undefined;
  for (const type of available) {
    const wish = ["application/*", "*/*"].reduce<Wish | undefined>(
      (found, range) => found ?? wishes.find((each) => each.range === range),
      wishes.find((each) => each.range === type),
    );
    if (wish !== undefined && wish.quality > (best?.quality ?? 0)) {
      best = { type, quality: wish.quality };
    }
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
