import type { Restored } from "@kith/consensus/core/start";
import { noConsensus } from "@kith/protocol/consensus-point";
import { blockNumOf, type BlockNum, type NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import { copiesAwaitedMs } from "@kith/replica/limits";
import type { ClockPort, LinksPort } from "@kith/replica/ports";
import { Repair } from "@kith/replica/repair";
import { storedBlocks } from "@kith/replica/stored-blocks";

import { explainCopiesMissing, rejoinAdvice } from "./explain.ts";
import { Overtaken } from "./overtaken.ts";
import { restoreCore, restoreMessage, type RestoreParts } from "./restore.ts";

type RepairParts = RestoreParts & {
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly handlers: { onMessage: (from: NodeId, message: NodeMessage) => void };
  readonly say: (text: string) => void;
  /** Called once when nobody has what is needed, with what people can do; it is said, too. */
  readonly waitsFor: (reason: string) => void;
  readonly stopLoudly: (reason: string) => never;
  /** Called before blocks go that this node may have voted for, where it must not vote for others instead. */
  readonly onForgetting: () => void;
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
  repairBlocks(parts, restored.error.nums, {
    onWhole() {
      say("damaged blocks are replaced");
      restoreRepaired(parts, onRestored);
    },
    onDropped(first) {
      say(
        `the network went on without blocks ${first} and later as they are here: they are dropped`,
      );
      restoreRepaired(parts, (rest) =>
        onRestored(isUnderBft(parts) ? { ...rest, isDoubtful: true } : rest),
      );
    },
  });
}

/** In a view in which a node has voted, it never votes for other blocks: liars would make use of that. */
function isUnderBft({ chain }: RepairParts): boolean {
  const { current, next } = (chain.consensusPoint() ?? noConsensus).joint;
  return current.algorithm === "bft" || next?.algorithm === "bft";
}

type Repaired = {
  /** All are replaced that can be identified now: a block that is whole again identifies the one before it. */
  readonly onWhole: () => void;
  readonly onDropped: (first: BlockNum) => void;
};

function repairBlocks(parts: RepairParts, nums: readonly BlockNum[], done: Repaired): void {
  const { log, links, clock, handlers, chain, say, stopLoudly, waitsFor } = parts;
  const startMs = clock.now().monotonicMs;
  const overtaken = new Overtaken(
    chain.consensusPoint() ?? noConsensus,
    log.range()?.last ?? blockNumOf(0),
  );
  let isDropping = false;
  const stopWaiting = clock.after(copiesAwaitedMs, () => {
    const reason = explainCopiesMissing({ code: "copies-missing", nums: repair.wanted });
    say(reason);
    waitsFor(reason);
  });
  const onRepaired = (): void => {
    if (repair.wanted.length > 0 || isDropping) return;
    stopWaiting();
    done.onWhole();
  };
  const repair = new Repair({ log, links, clock, onRepaired });
  const dropOvertaken = (): void => {
    if (isDropping || clock.now().monotonicMs - startMs < copiesAwaitedMs) return;
    const appliedNum = chain.applied()?.num ?? 0;
    let first = overtaken.firstOf(repair.wanted);
    if (first === undefined || first <= appliedNum) return;
    // What only they identify goes with them: the others, who went on behind it, have it.
    while (first - 1 > appliedNum && log.readBlock(blockNumOf(first - 1)).kind === "corrupt") {
      first = blockNumOf(first - 1);
    }
    isDropping = true;
    repair.stop();
    if (isUnderBft(parts)) parts.onForgetting();
    log.persist({ keepNum: blockNumOf(first - 1), blocks: [] }, () => done.onDropped(first));
  };
  handlers.onMessage = (from, message) => {
    if (message.kind === "blocks-response") {
      overtaken.note({ from, ...message }, (num) => repair.idWanted(num));
      repair.receive(message.blocks);
      dropOvertaken();
    }
    if (message.kind === "blocks-request") {
      const blocks = storedBlocks(log, message.from, message.to);
      const finalNum = blockNumOf(chain.applied()?.num ?? 0);
      links.send(from, { kind: "blocks-response", blocks, finalNum });
    }
  };
  const identified = nums.filter((num) => repair.want(num));
  if (identified.length > 0) return;
  stopLoudly(`the log does not know which blocks belong in ${nums.join(", ")}. ${rejoinAdvice}`);
}
