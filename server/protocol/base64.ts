const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const valueOf: ReadonlyMap<string, number> = new Map(Array.from(alphabet, (char, i) => [char, i]));

/** RFC 4648 section 4, padded. */
export function encodeBase64(data: Uint8Array): string {
  let text = "";
  for (let i = 0; i < data.length; i += 3) {
    const word = ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => alphabet.charAt((word >> shift) & 63));
    const missing = Math.max(0, i + 3 - data.length);
    text += digits.slice(0, 4 - missing).join("") + "=".repeat(missing);
  }
  return text;
}

/** RFC 4648 section 5, without padding. */
export function encodeBase64Url(data: Uint8Array): string {
  return encodeBase64(data).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined for anything but canonical padded base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const data = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0;
    for (let j = i; j < i + 4; j++) {
      const value = j >= text.length - padding ? 0 : valueOf.get(text.charAt(j));
      if (value === undefined) return undefined;
      word = (word << 6) | value;
    }
    for (const shift of [16, 8, 0]) if (at < data.length) data[at++] = word >> shift;
    const leftOver = i + 4 === text.length ? word & ((1 << (8 * padding)) - 1) : 0;
    if (leftOver !== 0) return undefined;
  }
  return data;
}

/** Undefined for anything but canonical base64 of RFC 4648 section 5, without padding. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
}
