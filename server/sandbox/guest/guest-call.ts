import { guestOutcomes, regionWindowAt, regionWindowBytes } from "@kith/protocol/guest-abi";
import { ServiceAbort, type QueryHost } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { abortTextCharsMax } from "../limits.ts";
import type { RegionHolder } from "./guest-calls.ts";
import { OutOfFuel, type GuestSession } from "./guest-session.ts";
import { runtimeFault } from "./runtime-fault.ts";

/** One call of a guest: `guestEntries`, the action's place in the definition, and the input. */
export type GuestCall = {
  readonly entry: number;
  readonly place: number;
  readonly input: Uint8Array;
};

export function giveCall(
  { region }: RegionHolder,
  { transfer }: GuestSession,
  { entry, place, input }: GuestCall,
): void {
  const { words, bytes } = region;
  transfer.give(bytes, input);
  words[0] = entry;
  words[1] = input.length;
  words[2] = place;
}

/** How a guest's call ended, when nothing ended it from outside. */
export type Outcome =
  | { readonly kind: "done"; readonly output: Uint8Array | undefined }
  | { readonly kind: "aborted" | "failed"; readonly code: string; readonly message: string };

export function outcomeOf({ region }: RegionHolder, session: GuestSession): Outcome {
  const { words, bytes } = region;
  const [outcome, claimed = 0] = words;
  const size = Math.min(Math.max(claimed, 0), regionWindowBytes);
  const output = session.transfer.take(bytes.subarray(regionWindowAt, regionWindowAt + size));
  if (outcome === guestOutcomes.none) return { kind: "done", output: undefined };
  if (outcome === guestOutcomes.done) return { kind: "done", output };
  const text = unpackText(output) ?? "";
  const end = text.indexOf("\n");
  // An abort without a code is none.
  if (outcome !== guestOutcomes.aborted || end < 1) return failedWith(text);
  return { kind: "aborted", code: text.slice(0, end), message: text.slice(end + 1) };
}

export function failedWith(message: string): Outcome {
  return { kind: "failed", code: "service-failed", message };
}

/** The output of a call that is done; throws the abort of one that is not. */
export function outputOf(outcome: Outcome): Uint8Array | undefined {
  if (outcome.kind === "done") return outcome.output;
  throw new ServiceAbort(outcome.code, outcome.message.slice(0, abortTextCharsMax));
}

/** What ends guest code from outside, in the terms of the chain. Anything else is a fault of this program. */
export function translateTrap(thrown: unknown, { meter, self }: QueryHost): unknown {
  const fault = runtimeFault(thrown, self);
  if (fault !== undefined) return fault;
  if (thrown instanceof OutOfFuel || meter.fuel < 0) {
    return new ServiceAbort("out-of-fuel", `${self} used up the fuel of this transaction`);
  }
  if (!(thrown instanceof WebAssembly.RuntimeError)) return thrown;
  if (meter.stackBytes < 0) {
    return new ServiceAbort(
      "stack-exhausted",
      "services called each other, or themselves, too deep",
    );
  }
  return new ServiceAbort("service-trapped", `${self} needed more than a service can have`);
}
