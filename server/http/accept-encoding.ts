/** How much a client wants each encoding, from 0 (not at all) to 1 (RFC 9110 section 12.5.3). */
export type EncodingWishes = { readonly br: number; readonly identity: number };

/**
 * A client that sends no Accept-Encoding gets the plain bytes: the RFC lets us send anything, and tools that do not
 * say what they can read cannot read brotli.
 */
const unspoken: EncodingWishes = { br: 0, identity: 1 };

/** Identity that nobody mentioned: acceptable, and less wanted than anything that was. */
const leastWish = 0.0001;

/** Browsers send few different headers, and parsing one costs more than sending a ready file. */
const parsed = new Map<string, EncodingWishes>();
const parsedMax = 256;
const parsedCharsMax = 256;

export function parseAcceptEncoding(header: string | null): EncodingWishes {
  if (header === null) return unspoken;
  const known = parsed.get(header);
  if (known !== undefined) return known;
  const wishes = parse(header);
  if (header.length > parsedCharsMax) return wishes;
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(header, wishes);
  return wishes;
}

function parse(header: string): EncodingWishes {
  const named = new Map<string, number>();
  for (const item of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";");
    if (name.trim() !== "") named.set(name.trim(), qualityOf(parameters));
  }
  const others = named.get("*");
  return {
    br: named.get("br") ?? others ?? 0,
    // Identity is fine unless it is refused by name or by "*;q=0".
    identity: named.get("identity") ?? others ?? leastWish,
  };
}

/** A weight that cannot be read counts as a refusal, so that nobody gets what they did not ask for. */
function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name.trim() !== "q") continue;
    const quality = Number(value.trim());
    return quality >= 0 && quality <= 1 ? quality : 0;
  }
  return 1;
}
