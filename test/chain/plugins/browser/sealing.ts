import {
  Sealing,
  sealingAnswers,
  type SealingHolder,
  type SealingKeyStore,
} from "@kith/supervisor/sealing";

import type { HostAnswers } from "./host-answers.ts";

/** Seals as the supervisor does; its keys are gone with the test. */
export class BrowserSealing {
  readonly answers: HostAnswers = new Map(
    [...sealingAnswers(new Sealing(keysInMemory()))].map(
      ([place, answer]) => [place, (args: Uint8Array) => answer(args, "")] as const,
    ),
  );
}

function keysInMemory(): SealingKeyStore {
  const kept = new Map<string, CryptoKeyPair>();
  return {
    find: async (holder) => kept.get(nameOf(holder)),
    keep: async (holder, made) => {
      kept.set(nameOf(holder), kept.get(nameOf(holder)) ?? made);
      return kept.get(nameOf(holder)) ?? made;
    },
  };
}

function nameOf({ owner, user }: SealingHolder): string {
  return `${owner} ${user ?? ""}`;
}
