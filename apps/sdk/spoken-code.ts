/** Codes that people read, type and say: digits and letters without those that look like others (Crockford's base 32). */
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const bitsOfDigit = 5;

/** As many digits as the bytes fill. */
export function speak(data: Uint8Array): string {
  let text = "";
  let [bits, value] = [0, 0];
  for (const byte of data) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= bitsOfDigit) {
      bits -= bitsOfDigit;
      text += digits.charAt((value >> bits) & 31);
    }
  }
  return text;
}

/** In groups, as it is shown. */
export function grouped(code: string, size: number): string {
  return code.match(new RegExp(`.{1,${size}}`, "g"))?.join("-") ?? "";
}

/** What was typed, however it was written: without groups, and with the digits that letters were taken for. */
export function heard(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
}
