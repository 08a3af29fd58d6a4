import type { ConsensusState } from "@kith/consensus/core/state";
import type { NodeId } from "@kith/protocol/ids";

import type { ClockPort, LinksPort } from "./ports.ts";

type HandOverPorts = {
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly state: () => ConsensusState;
  readonly transfer: (to: NodeId) => void;
};

const handOverLookMs = 10;

/** A leader that is about to stop lets another producer take over: ends when one has, or after `msMax`. Under BFT the next in turn does. */
export function handOver(ports: HandOverPorts, msMax: number): Promise<void> {
  const { links, clock, state, transfer } = ports;
  const connected = new Set(links.connected());
  const heir = state().voters.nodes.find((node) => connected.has(node));
  if (state().role !== "leader" || heir === undefined) return Promise.resolve();
  transfer(heir);
  const endMs = clock.now().monotonicMs + msMax;
  return new Promise((done) => {
    const look = (): void => {
      const late = clock.now().monotonicMs >= endMs;
      const { leader, config } = state();
      if (late || (leader !== undefined && leader !== config.self)) done();
      else clock.after(handOverLookMs, look);
    };
    look();
  });
}
