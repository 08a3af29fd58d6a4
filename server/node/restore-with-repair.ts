import type { Chain } from "@kith/chain/chain";
import type { Restored } from "@kith/consensus/core/start";
import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { ClockPort, LinksPort, LogPort } from "@kith/replica/ports";
import { Repair } from "@kith/replica/repair";
import { storedBlocks } from "@kith/replica/stored-blocks";

import { rejoinAdvice } from "./explain.ts";
import { restoreCore, restoreMessage } from "./restore.ts";

type RepairParts = {
  readonly log: LogPort;
  readonly chain: Chain;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly handlers: { onMessage: (from: NodeId, message: NodeMessage) => void };
  readonly say: (text: string) => void;
  readonly stopLoudly: (reason: string) => never;
};

/**
 * What the core starts from. A node whose newest blocks cannot be read may have confirmed them, so it takes no part
 * until other nodes have given it copies with the ids that its own log names.
 */
export async function restoreWithRepair(parts: RepairParts): Promise<Restored> {
  const { log, chain, say, stopLoudly } = parts;
  for (;;) {
    const restored = restoreCore(log, chain);
    if (restored.ok) return restored.value;
    if (restored.error.code !== "blocks-damaged") {
      return stopLoudly(restoreMessage(restored.error));
    }
    say(`${restoreMessage(restored.error)}; asking other nodes for them before taking part`);
    await repairBlocks(parts, restored.error.nums);
    say("damaged blocks are replaced");
  }
}

/** Ends when all are replaced that can be identified now: a block that is whole again identifies the one before it. */
function repairBlocks(parts: RepairParts, nums: readonly BlockNum[]): Promise<void> {
  const { log, links, clock, handlers, stopLoudly } = parts;
  return new Promise<void>((done) => {
    const onRepaired = (): void => {
      if (repair.wanted.length === 0) done();
    };
    const repair = new Repair({ log, links, clock, onRepaired });
    handlers.onMessage = (from, message) => {
      if (message.kind === "blocks-response") repair.receive(message.blocks);
      if (message.kind === "blocks-request") {
        const blocks = storedBlocks(log, message.from, message.to);
        links.send(from, { kind: "blocks-response", blocks });
      }
    };
    const identified = nums.filter((num) => repair.want(num));
    if (identified.length > 0) return;
    stopLoudly(`the log does not know which blocks belong in ${nums.join(", ")}. ${rejoinAdvice}`);
  });
}
