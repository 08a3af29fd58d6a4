import { MachineFault } from "@kith/protocol/service-abi";

/** How the supported runtimes say that their own stack or memory has come to its end. */
const hostIsExhausted = /call stack|out of memory|allocat|unable to grow/i;

/**
 * What the runtime throws when it gives out: it cannot compile or link what was checked before, or its stack or memory
 * is at an end. Another node's is not, so none of this is an outcome. Undefined for whatever else was thrown.
 */
export function runtimeFault(thrown: unknown, under: string): MachineFault | undefined {
  if (thrown instanceof MachineFault) return thrown;
  const isFault =
    (thrown instanceof RangeError && hostIsExhausted.test(thrown.message)) ||
    thrown instanceof WebAssembly.CompileError ||
    thrown instanceof WebAssembly.LinkError;
  return isFault
    ? new MachineFault(`the runtime gave out under ${under}: ${thrown.message}`)
    : undefined;
}
