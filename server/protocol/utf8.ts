/** UTF-8 without help from the host, for short texts and for hosts that have none. */

/** Writes the text and returns its size; there is room for three bytes a character. A lone surrogate becomes U+FFFD. */
export function putUtf8(data: Uint8Array, start: number, text: string): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      data[at++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      code = text.codePointAt(i) ?? 0;
      if (code > 0xffff) i++;
      else code = 0xfffd;
    }
    at = putWide(data, at, code);
  }
  return at - start;
}

/** Any character but the 128 that take one byte. */
function putWide(data: Uint8Array, start: number, code: number): number {
  let at = start;
  if (code < 0x800) {
    data[at++] = 0xc0 | (code >> 6);
  } else {
    if (code > 0xffff) {
      data[at++] = 0xf0 | (code >> 18);
      data[at++] = 0x80 | ((code >> 12) & 0x3f);
    } else {
      data[at++] = 0xe0 | (code >> 12);
    }
    data[at++] = 0x80 | ((code >> 6) & 0x3f);
  }
  data[at++] = 0x80 | (code & 0x3f);
  return at;
}

/** Unicode 15, table 3-7: the well-formed byte sequences and no others. */
export function isWellFormedUtf8(data: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = data[at++] ?? 0;
    if (lead < 0x80) continue;
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (lead < 0xc2 || lead > 0xf4 || at + more > end) return false;
    const second = data[at] ?? 0;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let i = 1; i < more; i++) if (((data[at + i] ?? 0) & 0xc0) !== 0x80) return false;
    at += more;
  }
  return true;
}

/** Text from UTF-8 that has been checked. */
export function textOfUtf8(data: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  while (at < end) {
    const lead = data[at++] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let code = lead & (0x3f >> more);
    for (let i = 0; i < more; i++) code = (code << 6) | ((data[at++] ?? 0) & 0x3f);
    text += String.fromCodePoint(code);
  }
  return text;
}
