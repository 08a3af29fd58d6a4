import type { Writer } from "./writer.ts";

/** Appends the text as UTF-8; a lone surrogate becomes U+FFFD, as in every other encoder. */
export function writeUtf8(out: Writer, text: string): void {
  const start = out.reserve(3 * text.length);
  const { data } = out;
  let at = start;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      data[at++] = code;
      continue;
    }
    if (code < 0x800) {
      data[at++] = 0xc0 | (code >> 6);
    } else {
      if (code >= 0xd800 && code < 0xe000) {
        code = text.codePointAt(i) ?? 0;
        if (code > 0xffff) i++;
        else code = 0xfffd;
      }
      if (code > 0xffff) {
        data[at++] = 0xf0 | (code >> 18);
        data[at++] = 0x80 | ((code >> 12) & 0x3f);
      } else {
        data[at++] = 0xe0 | (code >> 12);
      }
      data[at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    data[at++] = 0x80 | (code & 0x3f);
  }
  out.pos = at;
}

/** Bytes that the text takes as UTF-8. */
export function utf8Length(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    size += code < 0x800 ? 1 : 2;
    if ((code & 0xfc00) === 0xd800 && (text.codePointAt(i) ?? 0) > 0xffff) i++;
  }
  return size;
}

/** Unicode 15, table 3-7: the well-formed byte sequences and no others. */
export function isUtf8(view: DataView, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = view.getUint8(at++);
    if (lead < 0x80) continue;
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (lead < 0xc2 || lead > 0xf4 || at + more > end) return false;
    const second = view.getUint8(at);
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let i = 1; i < more; i++) if ((view.getUint8(at + i) & 0xc0) !== 0x80) return false;
    at += more;
  }
  return true;
}

/** Text from UTF-8 that has been checked. */
export function readUtf8(view: DataView, start: number, end: number): string {
  let text = "";
  let at = start;
  while (at < end) {
    const lead = view.getUint8(at++);
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let code = lead & (0x3f >> more);
    for (let i = 0; i < more; i++) code = (code << 6) | (view.getUint8(at++) & 0x3f);
    text += String.fromCodePoint(code);
  }
  return text;
}
