import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { answerChainRequest } from "@kith/replica/chain-response";
import type { CertificatesPort, LogPort } from "@kith/replica/ports";
import { storedAppend } from "@kith/replica/stored-blocks";

import type { Member } from "./member.ts";

type Send = Extract<ConsensusEffect, { kind: "send" }>;

/** What the product's driver sends of what is on the disk; undefined for effects of other kinds, and where nothing helps. */
export function answerFromDisk(member: Member, effect: ConsensusEffect): Send | undefined {
  const log = logOf(member);
  if (effect.kind === "send-stored") {
    const message = storedAppend(log, effect);
    return message && { kind: "send", to: effect.to, message, afterWrite: 0 };
  }
  if (effect.kind !== "send-chain") return undefined;
  const sources = { log, certificates: certificatesOf(member) };
  const answer = answerChainRequest(sources, effect.after.num, effect.proved);
  if (answer.kind !== "message") return undefined;
  return { kind: "send", to: effect.to, message: answer.message, afterWrite: 0 };
}

function logOf({ blocks }: Member): Pick<LogPort, "range" | "readBlock"> {
  return {
    range() {
      const [first, last] = [blocks[0], blocks.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      return { first: first.header.blockNum, last: last.header.blockNum };
    },
    readBlock(num) {
      const block = blocks.find(({ header }) => header.blockNum === num);
      return block === undefined ? { kind: "absent" } : { kind: "found", block };
    },
  };
}

function certificatesOf(
  member: Member,
): Pick<CertificatesPort, "certificate" | "certifiedChanges"> {
  const kept = certifiedBy(member);
  return {
    certificate: (from, to) =>
      kept.findLast(({ header }) => header.blockNum >= from && header.blockNum <= to),
    certifiedChanges: (after, countMax) =>
      kept
        .filter(({ header }) => header.blockNum > after && header.newConsensus !== undefined)
        .slice(0, countMax),
  };
}

/** The proofs about blocks that are here, the lowest first. */
function certifiedBy({ blocks, certificates }: Member): readonly CertifiedHeader[] {
  const kept = blocks.flatMap(({ id, header }) => {
    const certificate = certificates.find((each) => each.id === id);
    return certificate === undefined ? [] : [{ header, certificate }];
  });
  return kept.toSorted((a, b) => a.header.blockNum - b.header.blockNum);
}
