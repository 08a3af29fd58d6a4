import { hostOperations } from "@kith/protocol/guest-abi";

/**
 * Runs before a service's source. What shows when memory is collected, what has a clock or chance of its own, and what
 * is for several threads is not there; `Date` shows the block's time.
 */
export const prelude: string = `
(() => {
  "use strict";
  for (const name of ["Atomics", "FinalizationRegistry", "SharedArrayBuffer", "WeakRef", "performance", "navigator", "gc"]) {
    delete globalThis[name];
  }
  delete Math.random;
  const host = globalThis.kithHost;
  const text = (value) => {
    if (typeof value === "string") return value;
    if (value instanceof Error) return value.stack ? String(value) + "\\n" + value.stack : String(value);
    try {
      return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? String(value);
    } catch {
      return String(value);
    }
  };
  const log = (...values) => void host(${hostOperations.log}, values.map(text).join(" "));
  globalThis.console = Object.freeze({ debug: log, error: log, info: log, log, trace: log, warn: log });
})();
`;
