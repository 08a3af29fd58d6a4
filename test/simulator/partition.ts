import type { Dice } from "./dice.ts";

/** The shapes of partition of VOPR, and the partial one of Cloudflare's outage of 2020. */
export function drawPartition(
  dice: Dice,
  nodeCount: number,
  isAsymmetric: boolean,
): (from: number, to: number) => boolean {
  const side = drawSides(dice, nodeCount);
  if (dice.chance(0.2) && nodeCount > 2) {
    const one = dice.below(nodeCount);
    const other = (one + 1 + dice.below(nodeCount - 1)) % nodeCount;
    if (isAsymmetric) return (from, to) => from === one && to === other;
    return (from, to) => (from === one && to === other) || (from === other && to === one);
  }
  if (isAsymmetric) return (from, to) => side[from] === true && side[to] === false;
  return (from, to) => side[from] !== side[to];
}

function drawSides(dice: Dice, nodeCount: number): readonly boolean[] {
  if (dice.chance(0.5)) {
    const isolated = dice.below(nodeCount);
    const isOut = dice.chance(0.5);
    return Array.from({ length: nodeCount }, (_, node) => (node === isolated) === isOut);
  }
  return Array.from({ length: nodeCount }, () => dice.chance(0.5));
}
