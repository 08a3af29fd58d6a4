import type { ConsensusState } from "@kith/consensus/core/state";
import type { BlockHeader } from "@kith/protocol/block";
import type { BlockNum } from "@kith/protocol/ids";

import { ChangeProofs } from "./change-proofs.ts";
import type { CertificatesPort, ClockPort, LinksPort, LogPort } from "./ports.ts";
import { Proofs } from "./proofs.ts";

type Ports = {
  readonly log: LogPort;
  readonly certificates: CertificatesPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  /** The header of the network's first block. */
  readonly genesis: BlockHeader;
};

/** What proofs need of the core. */
type CoreView = {
  readonly state: () => ConsensusState;
  readonly finalNum: () => BlockNum;
  readonly certify: () => void;
};

/** What a node does for those who trust none: proofs of what is final, and of how the producers came to be who they are. */
export function openProofs(
  ports: Ports,
  core: CoreView,
): { readonly proofs: Proofs; readonly changes: ChangeProofs } {
  const { certify, finalNum, state } = core;
  const { chain, isSigned } = state().config.crypto;
  return {
    proofs: new Proofs({ ...ports, certify, pointAt: (num) => state().consensus.pointAt(num) }),
    changes: new ChangeProofs({
      ...ports,
      chain,
      isSigned,
      finalPoint: () => state().consensus.pointAt(finalNum()),
    }),
  };
}
