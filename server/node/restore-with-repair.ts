import type { Restored } from "@kith/consensus/core/start";
import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { ClockPort, LinksPort } from "@kith/replica/ports";
import { Repair } from "@kith/replica/repair";
import { storedBlocks } from "@kith/replica/stored-blocks";

import { rejoinAdvice } from "./explain.ts";
import { restoreCore, restoreMessage, type RestoreParts } from "./restore.ts";

type RepairParts = RestoreParts & {
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
export function restoreWithRepair(parts: RepairParts): Promise<Restored> {
  return new Promise((done) => restoreRepaired(parts, done));
}

/** The same without a promise: where nothing is damaged, `onRestored` is called at once. */
export function restoreRepaired(
  parts: RepairParts,
  onRestored: (restored: Restored) => void,
): void {
  const { say, stopLoudly } = parts;
  const restored = restoreCore(parts);
  if (restored.ok) return onRestored(restored.value);
  const message = restoreMessage(restored.error);
  if (restored.error.code !== "blocks-damaged") return stopLoudly(message);
  say(`${message}; asking other nodes for them before taking part`);
  repairBlocks(parts, restored.error.nums, () => {
    say("damaged blocks are replaced");
    restoreRepaired(parts, onRestored);
  });
}

/** Done when all are replaced that can be identified now: a block that is whole again identifies the one before it. */
function repairBlocks(parts: RepairParts, nums: readonly BlockNum[], onDone: () => void): void {
  const { log, links, clock, handlers, stopLoudly } = parts;
  const onRepaired = (): void => {
    if (repair.wanted.length === 0) onDone();
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
}
