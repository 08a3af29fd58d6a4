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
/** 80 of which each eighth does not count. */
const bitsTakenMax = 91;

/** psibase's `MethodNumber(text)`: 0 for "" and for what has other characters than letters, digits and `_`. */
export function encodeMethod(name: string): bigint {
  if (name === "" || name.length > methodNameCharsMax) return 0n;
  if (name.startsWith("#")) return numberOfHashText(name);
  const symbols: number[] = [];
  for (let i = 0; i < name.length; i++) {
    const symbol = symbolOf(name.charCodeAt(i));
    if (symbol === 0) return 0n;
    symbols.push(symbol);
  }
  return compress(symbols) ?? seahash(name) | hashFlag;
}

/** psibase's `MethodNumber(number).str()`; what it gives for a number that no name has need not lead back to it. */
export function decodeMethod(number: bigint): string {
  if (number === 0n) return "";
  if ((number & hashFlag) === 0n) return expand(number);
  let text = "#";
  for (let i = 0n; i < 16n; i++) text += letters.charAt(Number((number >> (4n * i)) & 15n) + 1);
  return text;
}

/** The name in the letters that its symbols stand for. */
export function plainMethod(name: string): string {
  if (name.startsWith("#")) return name;
  return Array.from(name, (char) => letters.charAt(symbolOf(char.charCodeAt(0)))).join("");
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

/** Undefined when the bits do not fit, or are all zero. */
function compress(symbols: readonly number[]): bigint | undefined {
  const bits = new BitSink();
  let low = 0;
  let high = codeMax;
  let previous = 0;
  for (const symbol of [...symbols, 0]) {
    if (bits.isFull()) return undefined;
    const range = high - low + 1;
    high = low + Math.floor((range * frequency(previous, symbol + 1)) / total(previous)) - 1;
    low += Math.floor((range * frequency(previous, symbol)) / total(previous));
    previous = symbol;
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
  return bits.number();
}

/** Bits go into bytes from the top, bytes into the number from the bottom. The last bit, 56, stays free for hashes. */
class BitSink {
  pending = 0;
  private count = 0;
  private readonly bytes: number[] = Array.from({ length: numberBits / 8 }, () => 0);

  put(bit: 0 | 1): void {
    this.putOne(bit);
    for (; this.pending > 0; this.pending--) this.putOne(bit === 0 ? 1 : 0);
  }

  isFull(): boolean {
    return this.count >= numberBits;
  }

  number(): bigint | undefined {
    if (this.isFull()) return undefined;
    let number = 0n;
    for (const [i, byte] of this.bytes.entries()) number |= BigInt(byte) << BigInt(8 * i);
    return number === 0n ? undefined : number;
  }

  private putOne(bit: 0 | 1): void {
    const place = this.count >> 3;
    if (bit === 1 && !this.isFull()) {
      this.bytes[place] = (this.bytes[place] ?? 0) | (0x80 >> (this.count & 7));
    }
    this.count++;
  }
}

function expand(number: bigint): string {
  const bits = new BitSource(number);
  let value = 0;
  for (let i = 0; i < codeBits; i++) value = 2 * value + bits.next();
  let low = 0;
  let high = codeMax;
  let previous = 0;
  let name = "";
  while (bits.hasMore()) {
    const range = high - low + 1;
    const scaled = Math.floor(((value - low + 1) * total(previous) - 1) / range);
    const symbol = symbolAt(previous, scaled);
    if (symbol === 0) break;
    name += letters.charAt(symbol);
    high = low + Math.floor((range * frequency(previous, symbol + 1)) / total(previous)) - 1;
    low += Math.floor((range * frequency(previous, symbol)) / total(previous));
    previous = symbol;
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
  private readonly number: bigint;
  constructor(number: bigint) {
    this.number = number;
  }

  next(): number {
    const place = this.taken++;
    if (place >= numberBits) return 0;
    const inByte = place & 7;
    return Number((this.number >> BigInt(place - inByte + 7 - inByte)) & 1n);
  }

  hasMore(): boolean {
    return this.taken <= bitsTakenMax;
  }
}

function symbolAt(previous: number, scaled: number): number {
  for (let symbol = 0; symbol < letters.length; symbol++) {
    if (scaled < frequency(previous, symbol + 1)) return symbol;
  }
  return 0;
}

function frequency(previous: number, symbol: number): number {
  return cumulativeFrequencies[previous]?.[symbol] ?? 0;
}

function total(previous: number): number {
  return frequency(previous, letters.length);
}
