import { dlopen, FFIType, ptr } from "bun:ffi";

/** Numbers of the Linux kernel (`asm/unistd.h`). */
const systemCalls = {
  x64: { seccomp: 317, writes: [18, 285, 296, 328], syncs: [74, 75] },
  arm64: { seccomp: 277, writes: [68, 47, 70, 287], syncs: [82, 83] },
} as const;

const noSpace = 28;
const inputOutput = 5;

/**
 * Lets the kernel answer every positioned write of this process with "no space left on device", or every fsync with an
 * input/output error, for good. A process may give up rights without having any, so no root is needed. False where the
 * system has no such filter.
 */
export function breakDisk(fault: "full" | "unsynced"): boolean {
  const { arch, platform } = process;
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) return false;
  const { seccomp, writes, syncs } = systemCalls[arch];
  return fault === "full"
    ? install(seccomp, writes, noSpace)
    : install(seccomp, syncs, inputOutput);
}

/** `linux/filter.h` and `linux/seccomp.h`. */
const load = 0x20;
const jumpIfEqual = 0x15;
const giveBack = 0x06;
const allow = 0x7fff_0000;
const failWith = 0x0005_0000;
const noNewPrivileges = 38;
const modeFilter = 1;
const forAllThreads = 1;

function install(seccomp: number, refused: readonly number[], errorNumber: number): boolean {
  const program = [
    instruction(load, 0, 0),
    ...refused.flatMap((number) => [
      instruction(jumpIfEqual, 1, number),
      instruction(giveBack, 0, failWith | errorNumber),
    ]),
    instruction(giveBack, 0, allow),
  ];
  const filter = new Uint8Array(Buffer.concat(program));
  const header = new DataView(new ArrayBuffer(16));
  header.setUint16(0, program.length, true);
  header.setBigUint64(8, BigInt(ptr(filter)), true);
  const symbols = openLibrary();
  if (symbols === undefined || symbols.prctl(noNewPrivileges, 1, 0, 0, 0) !== 0) return false;
  const place = new Uint8Array(header.buffer);
  const isDone = Number(symbols.syscall(seccomp, modeFilter, forAllThreads, place)) === 0;
  // The kernel has copied the filter by now, and not before: it must not be collected earlier.
  return isDone && filter.length > 0;
}

function openLibrary() {
  const { i32, i64 } = FFIType;
  try {
    return dlopen("libc.so.6", {
      prctl: { args: [i32, i64, i64, i64, i64], returns: i32 },
      syscall: { args: [i64, i64, i64, FFIType.ptr], returns: i64 },
    }).symbols;
  } catch {
    return undefined;
  }
}

/** One `struct sock_filter`; `skipped` instructions are passed over when a comparison fails. */
function instruction(code: number, skipped: number, operand: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, code, true);
  view.setUint8(3, skipped);
  view.setUint32(4, operand, true);
  return new Uint8Array(view.buffer);
}
