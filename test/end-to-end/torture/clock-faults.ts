import type { Begin, FaultContext } from "./fault.ts";
import type { TortureNode } from "./torture-network.ts";

const secondMs = 1_000;

/** Somebody sets the wall clock ahead or back, by little or much, and right again later. */
export const wallJump: Begin = async (context) => {
  const { dice } = context;
  const node = await drawNode(context);
  const sizeMs = dice.chance(0.5)
    ? dice.between(100, 8 * secondMs)
    : dice.between(60, 7_200) * secondMs;
  const ms = dice.chance(0.5) ? sizeMs : -sizeMs;
  node.jumpWall(ms);
  return { text: `${node.name} by ${ms} ms`, end: async () => node.jumpWall(-ms) };
};

/** The monotonic clock goes on later: every timeout that was running is over at once. */
export const leap: Begin = async (context) => {
  const node = await drawNode(context);
  const ms = context.dice.between(500, 6_000);
  node.leap(ms);
  return { text: `${node.name} by ${ms} ms`, end: async () => undefined };
};

async function drawNode({ network, dice, aim }: FaultContext): Promise<TortureNode> {
  const leader = aim === "leader" ? await network.leader() : undefined;
  return leader ?? dice.pick(network.nodes);
}
