import { methodNameCharsMax } from "../limits.ts";
import { cumulativeFrequencies } from "./method-frequencies.ts";
import { seahash } from "./seahash.ts";

/**
 * Method numbers (psibase, compress_name): the name compressed by an arithmetic coder into 64 bits, or when it does
 * not fit its seahash with bit 56 set, which is written as `#` and sixteen letters.
 */
const letters = "\0eaiotnrslcuhdpmygbfwvkzxqj";
const codeBits = 17;
const codeMax = 2 ** codeBits - 1;
const quarter = 2 ** (codeBits - 2);
const half = 2 * quarter;
const hashFlag = 1n << 56n;
const numberBits = 64;
/** What each row of frequencies ends with. */
const total = 32_767;
/** 80 of which each eighth does not count. */
const bitsTakenMax = 91;

/** psibase's `MethodNumber(text)`: 0 for "" and for what has other characters than letters, digits and `_`. */
export function encodeMethod(name: string): bigint {
  if (name.startsWith("#")) return numberOfHashText(name);
  const symbols = symbolsOf(name);
  if (symbols === undefined) return 0n;
  const bytes = compress(symbols);
  return bytes === undefined ? seahash(name) | hashFlag : numberOf(bytes);
}

/** psibase's `MethodNumber(number).str()`; what it gives for a number that no name has need not lead back to it. */
export function decodeMethod(number: bigint): string {
  if (number === 0n) return "";
  if ((number & hashFlag) === 0n) return expand(bytesOf(number));
  let text = "#";
  for (let i = 0n; i < 16n; i++) text += letters.charAt(Number((number >> (4n * i)) & 15n) + 1);
  return text;
}

/**
 * The form in which a name's number is shown; undefined for what has none, and for names that the compression loses. Nearly all
 * names come back as they are, which is seen without the number: making that takes an interpreted guest ten times as long.
 */
export function canonicalMethod(name: string): string | undefined {
  const symbols = symbolsOf(name);
  if (symbols !== undefined && bitsOf(symbols) < numberBits) return textOf(symbols);
  const shown = decodeMethod(encodeMethod(name));
  if (shown.startsWith("#")) return shown;
  return symbols !== undefined && shown === textOf(symbols) ? shown : undefined;
}

/** How many bits `compress` takes for these; infinitely many when there is a letter that none follows in the model. */
function bitsOf(symbols: readonly number[]): number {
  let low = 0;
  let high = codeMax;
  let row = rowBehind(0);
  let bits = 2;
  for (const symbol of [...symbols, 0]) {
    const [from, to] = [row[symbol] ?? 0, row[symbol + 1] ?? 0];
    if (from === to) return Infinity;
    const range = high - low + 1;
    high = low + Math.floor((range * to) / total) - 1;
    low += Math.floor((range * from) / total);
    row = rowBehind(symbol);
    for (; ; bits++) {
      const shift = high < half ? 0 : low >= half ? half : quarter;
      if (shift === quarter && (low < quarter || high >= half + quarter)) break;
      low = 2 * (low - shift);
      high = 2 * (high - shift) + 1;
    }
  }
  return bits;
}

function textOf(symbols: readonly number[]): string {
  let text = "";
  for (const symbol of symbols) text += letters.charAt(symbol);
  return text;
}

/** Undefined for what is no name of letters, digits and `_`. */
function symbolsOf(name: string): readonly number[] | undefined {
  if (name === "" || name.length > methodNameCharsMax) return undefined;
  const symbols: number[] = [];
  for (let i = 0; i < name.length; i++) {
    const symbol = symbolOf(name.charCodeAt(i));
    if (symbol === 0) return undefined;
    symbols.push(symbol);
  }
  return symbols;
}

function numberOfHashText(text: string): bigint {
  if (text.length !== 17) return 0n;
  let number = 0n;
  for (let i = 1; i < 17; i++) {
    const symbol = letters.indexOf(text.charAt(i));
    if (symbol < 1 || symbol > 16) return 0n;
    number |= BigInt(symbol - 1) << BigInt(4 * (i - 1));
  }
  return number;
}

/** Digits share the symbols of the ten commonest letters, and `_` that of `q`: psibase's table has it so. */
function symbolOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 1;
  if (code === 0x5f) return letters.indexOf("q");
  const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return isLetter ? letters.indexOf(String.fromCharCode(code | 0x20)) : 0;
}

/** The number's bytes from the lowest on; undefined when the bits do not fit, or are all zero. */
function compress(symbols: readonly number[]): Uint8Array | undefined {
  const bits = new BitSink();
  let low = 0;
  let high = codeMax;
  let row = rowBehind(0);
  for (const symbol of [...symbols, 0]) {
    if (bits.isFull()) return undefined;
    const range = high - low + 1;
    high = low + Math.floor((range * (row[symbol + 1] ?? 0)) / total) - 1;
    low += Math.floor((range * (row[symbol] ?? 0)) / total);
    row = rowBehind(symbol);
    while (!bits.isFull()) {
      if (high < half) bits.put(0);
      else if (low >= half) bits.put(1);
      else if (low >= quarter && high < half + quarter) {
        bits.pending++;
        low -= quarter;
        high -= quarter;
      } else break;
      high = (2 * high + 1) & codeMax;
      low = (2 * low) & codeMax;
    }
  }
  bits.pending++;
  bits.put(low < quarter ? 0 : 1);
  return bits.isFull() || bits.bytes.every((byte) => byte === 0) ? undefined : bits.bytes;
}

/** Bits go into bytes from the top, bytes into the number from the bottom. The last bit, 56, stays free for hashes. */
class BitSink {
  pending = 0;
  private count = 0;
  readonly bytes: Uint8Array = new Uint8Array(numberBits / 8);

  put(bit: 0 | 1): void {
    this.putOne(bit);
    for (; this.pending > 0; this.pending--) this.putOne(bit === 0 ? 1 : 0);
  }

  isFull(): boolean {
    return this.count >= numberBits;
  }

  private putOne(bit: 0 | 1): void {
    const place = this.count >> 3;
    if (bit === 1 && !this.isFull()) {
      this.bytes[place] = (this.bytes[place] ?? 0) | (0x80 >> (this.count & 7));
    }
    this.count++;
  }
}

function expand(bytes: Uint8Array): string {
  const bits = new BitSource(bytes);
  let value = 0;
  for (let i = 0; i < codeBits; i++) value = 2 * value + bits.next();
  let low = 0;
  let high = codeMax;
  let row = rowBehind(0);
  let name = "";
  while (bits.hasMore()) {
    const range = high - low + 1;
    const scaled = Math.floor(((value - low + 1) * total - 1) / range);
    const symbol = symbolAt(row, scaled);
    if (symbol === 0) break;
    name += letters.charAt(symbol);
    high = low + Math.floor((range * (row[symbol + 1] ?? 0)) / total) - 1;
    low += Math.floor((range * (row[symbol] ?? 0)) / total);
    row = rowBehind(symbol);
    while (bits.hasMore()) {
      const shift = high < half ? 0 : low >= half ? half : quarter;
      if (shift === quarter && (low < quarter || high >= half + quarter)) break;
      low = 2 * (low - shift);
      high = 2 * (high - shift) + 1;
      value = 2 * (value - shift) + bits.next();
    }
  }
  return name;
}

/**
 * The number's bits in the order in which `BitSink` takes them, then zeros, which end the name. How many zeros there
 * are only shows in numbers that no name has; it is as in psibase's Python.
 */
class BitSource {
  private taken = 0;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  next(): number {
    const place = this.taken++;
    return ((this.bytes[place >> 3] ?? 0) >> (7 - (place & 7))) & 1;
  }

  hasMore(): boolean {
    return this.taken <= bitsTakenMax;
  }
}

/** The symbol that has this part of a row; 0 for what is beyond it. */
function symbolAt(row: readonly number[], scaled: number): number {
  if (scaled >= total) return 0;
  let low = 0;
  let high = letters.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scaled < (row[middle + 1] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function rowBehind(symbol: number): readonly number[] {
  return cumulativeFrequencies[symbol] ?? [];
}

function numberOf(bytes: Uint8Array): bigint {
  let number = 0n;
  for (const [i, byte] of bytes.entries()) number |= BigInt(byte) << BigInt(8 * i);
  return number;
}

function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from({ length: numberBits / 8 }, (_, i) =>
    Number((number >> BigInt(8 * i)) & 0xffn),
  );
}
