import type { Chain } from "@kith/chain/chain";
import type { Restored } from "@kith/consensus/cft/start";
import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { LinksPort, LogPort } from "@kith/replica/ports";
import { Repair } from "@kith/replica/repair";
import { storedBlocks } from "@kith/replica/stored-blocks";
import { systemClock } from "@kith/replica/system-clock";

import { restoreCore, restoreMessage } from "./restore.ts";

type RepairParts = {
  readonly log: LogPort;
  readonly chain: Chain;
  readonly links: LinksPort;
  readonly handlers: { onMessage: (from: NodeId, message: NodeMessage) => void };
  readonly say: (text: string) => void;
  readonly stopLoudly: (reason: string) => never;
};

/**
 * What the core starts from. A node whose newest blocks cannot be read may have confirmed them, so it takes no part
 * until other nodes have given it copies with the ids that its own log names.
 */
export async function restoreWithRepair(parts: RepairParts): Promise<Restored> {
  const { log, chain, links, handlers, say, stopLoudly } = parts;
  for (;;) {
    const restored = restoreCore(log, chain);
    if (restored.ok) return restored.value;
    if (restored.error.code !== "blocks-damaged") {
      return stopLoudly(restoreMessage(restored.error));
    }
    const { nums } = restored.error;
    say(`${restoreMessage(restored.error)}; asking other nodes for them before taking part`);
    await new Promise<void>((done) => {
      let open = nums.length;
      const onRepaired = (): void => {
        open--;
        if (open === 0) done();
      };
      const repair = new Repair({ log, links, clock: systemClock, onRepaired });
      handlers.onMessage = (from, message) => {
        if (message.kind === "blocks-response") repair.receive(message.blocks);
        if (message.kind === "blocks-request") {
          const blocks = storedBlocks(log, message.from, message.to);
          links.send(from, { kind: "blocks-response", blocks });
        }
      };
      for (const num of nums) {
        if (!repair.want(num))
          stopLoudly(`block ${num} is damaged and the log does not know its id`);
      }
    });
    say("the damaged blocks are replaced");
  }
}
