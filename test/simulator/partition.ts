import type { Dice } from "./dice.ts";

/** The shapes of partition of VOPR, and the partial one of Cloudflare's outage of 2020. */
export const partitionShapes = ["isolate-one", "uniform-size", "any-sides", "one-link"] as const;

export type PartitionShape = (typeof partitionShapes)[number];

type IsCut = (from: number, to: number) => boolean;

export function drawPartition(
  dice: Dice,
  nodeCount: number,
  shape: PartitionShape,
  isAsymmetric: boolean,
): IsCut {
  if (shape === "one-link") return cutOneLink(dice, nodeCount, isAsymmetric);
  const side = drawSides(dice, nodeCount, shape);
  if (isAsymmetric) return (from, to) => side[from] === true && side[to] === false;
  return (from, to) => side[from] !== side[to];
}

function cutOneLink(dice: Dice, nodeCount: number, isAsymmetric: boolean): IsCut {
  if (nodeCount < 2) return () => false;
  const one = dice.below(nodeCount);
  const other = (one + 1 + dice.below(nodeCount - 1)) % nodeCount;
  if (isAsymmetric) return (from, to) => from === one && to === other;
  return (from, to) => (from === one && to === other) || (from === other && to === one);
}

function drawSides(
  dice: Dice,
  nodeCount: number,
  shape: "isolate-one" | "uniform-size" | "any-sides",
): readonly boolean[] {
  const nodes = Array.from({ length: nodeCount }, (_, node) => node);
  switch (shape) {
    case "isolate-one": {
      const isolated = dice.below(nodeCount);
      const isOut = dice.chance(0.5);
      return nodes.map((node) => (node === isolated) === isOut);
    }
    case "uniform-size": {
      const inside = new Set(dice.shuffled(nodes).slice(0, dice.below(nodeCount + 1)));
      return nodes.map((node) => inside.has(node));
    }
    case "any-sides":
      return nodes.map(() => dice.chance(0.5));
  }
}
