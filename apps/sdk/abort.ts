import { ServiceAbort } from "@kith/protocol/service-abi";

/**
 * Ends the transaction: everything that it wrote is undone, and the client gets this code and message.
 * Codes are for programs (`insufficient-balance`), messages for people.
 */
export function abort(code: string, message: string): never {
  throw new ServiceAbort(code, message);
}

/** Aborts unless the condition holds. */
export function check(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new ServiceAbort(code, message);
}
