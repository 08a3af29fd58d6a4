/** How much a client wants an encoding, from 0 (not at all) to 1 (RFC 9110 section 12.5.3). */
export type EncodingWish = (encoding: "br" | "identity") => number;

/**
 * A client that sends no Accept-Encoding gets the plain bytes: the RFC lets us send anything, and tools that do not
 * say what they can read cannot read brotli.
 */
export function parseAcceptEncoding(header: string | null): EncodingWish {
  if (header === null) return (encoding) => (encoding === "identity" ? 1 : 0);
  const wishes = new Map<string, number>();
  for (const item of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";");
    if (name.trim() !== "") wishes.set(name.trim(), qualityOf(parameters));
  }
  const others = wishes.get("*");
  return (encoding) => {
    const named = wishes.get(encoding);
    if (named !== undefined) return named;
    // Identity is fine unless it is refused by name or by "*;q=0".
    if (encoding === "identity") return others === 0 ? 0 : (others ?? leastWish);
    return others ?? 0;
  };
}

/** Identity that nobody mentioned: acceptable, and less wanted than anything that was. */
const leastWish = 0.0001;

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
