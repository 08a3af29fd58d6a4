/** The guest's end of the region that it shares with its machine (`guest-abi.ts`). Only code inside a machine imports this. */
import {
  hostOperations,
  regionWindowAt,
  regionWindowBytes,
  type HostOperation,
} from "./guest-abi.ts";

declare const kithRegion: ArrayBuffer;
declare const kithHost: (operation: HostOperation, text?: string) => unknown;

export const words: Int32Array = new Int32Array(kithRegion, 0, regionWindowAt / 4);
export const region: Uint8Array = new Uint8Array(kithRegion, regionWindowAt, regionWindowBytes);
const host = kithHost;

/** How much of the window holds input for the next call. */
let filled = 0;

/** Adds to the input of the next call. */
export function give(bytes: Uint8Array): void {
  const end = filled + bytes.length;
  if (end <= regionWindowBytes) {
    region.set(bytes, filled);
    filled = end;
    return;
  }
  giveLong(bytes);
}

function giveLong(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    if (filled === regionWindowBytes) {
      words[1] = filled;
      filled = 0;
      host(hostOperations.append);
    }
    const room = Math.min(regionWindowBytes - filled, bytes.length - at);
    region.set(bytes.subarray(at, at + room), filled);
    filled += room;
    at += room;
  }
}

/** Ends the input; its size has to be known to whoever counts on it. */
export function giveEnd(): void {
  words[1] = filled;
  filled = 0;
}

/** Makes the call; arguments stand in the words from the second on. Gives word 0. */
export function ask(operation: HostOperation): number {
  words[1] = filled;
  filled = 0;
  host(operation);
  return words[0] ?? 0;
}

/** A call about a table, whose input of this size is in the window. Gives word 0. */
export function askTable(operation: HostOperation, table: number, sizeBytes: number): number {
  words[1] = sizeBytes;
  words[2] = table;
  host(operation);
  return words[0] ?? 0;
}

/** A call whose argument, or whose result, is a text. */
export function askText(operation: HostOperation, text?: string): string {
  words[1] = filled;
  filled = 0;
  const answer = host(operation, text);
  return typeof answer === "string" ? answer : "";
}

/** Like `askText`, for a call that may have no text to give. */
export function askValidText(operation: HostOperation): string | undefined {
  words[1] = filled;
  filled = 0;
  const answer = host(operation);
  return typeof answer === "string" ? answer : undefined;
}

/** The output of the last call, or the input of this one, which has this size. */
export function take(size: number): Uint8Array {
  if (size <= regionWindowBytes) return region.slice(0, size);
  const whole = new Uint8Array(size);
  whole.set(region);
  for (let at = regionWindowBytes; at < size;) {
    const piece = ask(hostOperations.more);
    whole.set(region.subarray(0, piece), at);
    at += piece;
  }
  return whole;
}
