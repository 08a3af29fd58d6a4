import type { OtherEffect } from "@kith/replica/core";

const kinds = [
  "commit",
  "certificate",
  "send-chain",
  "send-stored",
  "propose-refused",
  "dropped",
  "role",
  "broken",
] as const;

/** What happens in a network without faults, reads and changes of producers. */
type ExpectedEffect = Extract<OtherEffect, { kind: (typeof kinds)[number] }>;

const known: ReadonlySet<string> = new Set(kinds);

export function isExpected(effect: OtherEffect): effect is ExpectedEffect {
  return known.has(effect.kind);
}
