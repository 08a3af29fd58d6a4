import type { SealedBlock } from "@kith/protocol/block";
import { certificateOfAncestor } from "@kith/protocol/certificate-of-ancestor";
import type { Checkpoint } from "@kith/protocol/checkpoint";
import {
  followGenesis,
  followHeader,
  type CertifiedHeader,
  type LightError,
} from "@kith/protocol/light-client";
import { ok, type Result } from "@kith/protocol/result";

import { mockCrypto } from "../simulator/mock-signature.ts";
import type { Cluster } from "./cluster.ts";
import type { Member } from "./member.ts";
import { nodeIdOfName } from "./names.ts";

/** What a light client learns that knows the genesis block's id alone and asks a node. */
export type Followed = {
  readonly checkpoint: Checkpoint;
  /** Blocks that changed the producers, all of which were proved. */
  readonly changes: readonly number[];
};

export type FollowError =
  | LightError
  /** The node has no certificate for a block that changed the producers. */
  | { readonly code: "change-not-certified"; readonly num: number };

/** Asks everybody, as nodes ask each other for what they lack; the blocks are those of the node that has the most. */
export function followCluster(cluster: Cluster): Result<Followed, FollowError> {
  const members = [...cluster.members.values()];
  const best = members.toSorted((a, b) => b.state.commitNum - a.state.commitNum)[0];
  if (best === undefined) throw new Error("there are no nodes");
  return followNode(cluster, {
    blocks: best.blocks,
    state: best.state,
    certificates: members.flatMap(({ certificates }) => certificates),
  });
}

type Asked = Pick<Member, "blocks" | "state" | "certificates">;

/** Over every change of producers that is final on the node, and to the newest block that it can prove. */
export function followNode(cluster: Cluster, member: Asked): Result<Followed, FollowError> {
  const { genesis } = cluster;
  const { isSigned } = mockCrypto(genesis.id, nodeIdOfName("client"));
  const start = followGenesis(genesis.id, genesis.header);
  if (!start.ok) return start;
  let { checkpoint } = start.value;
  const changes: number[] = [];
  for (const block of carriersOf(member)) {
    const num = block.header.blockNum;
    const certified = certifiedBy(member, block);
    if (certified === undefined) return { ok: false, error: { code: "change-not-certified", num } };
    const followed = followHeader(checkpoint, certified, isSigned);
    if (!followed.ok) return followed;
    checkpoint = followed.value.checkpoint;
    changes.push(num);
  }
  const newest = newestCertified(member);
  if (newest === undefined || newest.header.blockNum <= checkpoint.block.num) {
    return ok({ checkpoint, changes });
  }
  const followed = followHeader(checkpoint, newest, isSigned);
  return followed.ok ? ok({ checkpoint: followed.value.checkpoint, changes }) : followed;
}

function carriersOf({ blocks, state }: Asked): readonly SealedBlock[] {
  return blocks.filter(
    ({ header }) =>
      header.blockNum > 1 &&
      header.blockNum <= state.commitNum &&
      header.newConsensus !== undefined,
  );
}

/** By the certificate of the block itself or of one behind it under the same producers. */
function certifiedBy(member: Asked, carrier: SealedBlock): CertifiedHeader | undefined {
  const { header } = carrier;
  const num = header.blockNum;
  for (const certificate of member.certificates) {
    if (certificate.num < num || certificate.epoch >= num) continue;
    const way = member.blocks
      .map((block) => block.header)
      .filter(({ blockNum }) => blockNum >= num && blockNum <= certificate.num);
    const about = certificateOfAncestor(certificate, way);
    if (about !== undefined) return { header, certificate: about };
  }
  return undefined;
}

function newestCertified({ blocks, certificates }: Asked): CertifiedHeader | undefined {
  const certificate = certificates.toSorted((a, b) => b.num - a.num)[0];
  const header = blocks.find(({ id }) => id === certificate?.id)?.header;
  return certificate === undefined || header === undefined ? undefined : { header, certificate };
}
